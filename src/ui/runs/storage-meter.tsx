import { useMemo, useState } from "react";
import { formatBytes } from "../../base/bytes";
import { groupingSpec } from "../../model/build";
import type { Config } from "../../model/config";
import { estimateMemory } from "../../model/memory";
import type { StorageView } from "../../protocol/views";
import { Button, Progress } from "../kit/controls";
import { text } from "../text";

/** Last, previous and best checkpoint of two stages with their previous copies and one being written; weights, momentum and statistics each. */
const CHECKPOINT_COPIES = 9;

interface Props {
  readonly storage: StorageView;
  readonly config: Config | null;
  readonly classes: number;
  /** Asks the browser to keep what is stored; resolves with its answer. */
  readonly onKeep: () => Promise<boolean>;
}

/** How much is stored, whether it is safe there, and whether the run to come fits. */
export function StorageMeter({ storage, config, classes, onKeep }: Props) {
  const [answer, setAnswer] = useState<boolean | null>(null);
  const { used, allowed, dataset, removed } = storage;
  const persistent = storage.persistent || answer === true;
  const needed = useMemo(() => (config === null ? 0 : checkpointBytes(config, classes)), [config, classes]);
  const left = Math.max(0, allowed - used);
  return (
    <div className="storage">
      <Progress label={text.storage.label} value={used} max={Math.max(1, allowed)} />
      <p className="hint">
        {text.storage.used(formatBytes(used), formatBytes(allowed))}
        {dataset > 0 && `; ${text.storage.dataset(formatBytes(dataset))}`}
        {removed > 0 && `; ${text.storage.removed(formatBytes(removed))}`}.{" "}
        {persistent ? text.storage.persistent : text.storage.evictable}
      </p>
      {!persistent && (
        <Button kind="quiet" onClick={() => void onKeep().then(setAnswer)}>
          {text.storage.keep}
        </Button>
      )}
      {answer === false && <p className="hint">{text.storage.refused}</p>}
      {needed > left && (
        <p className="notice notice-warn" role="alert">
          {text.storage.tight(formatBytes(needed), formatBytes(left))}
        </p>
      )}
    </div>
  );
}

/** What the checkpoints of a run take at most: of the unsplit network, which is the larger one. */
export function checkpointBytes(config: Config, classes: number): number {
  const { parameterBytes } = estimateMemory(groupingSpec(config, classes), 1, "f32");
  // Weights, gradients and momentum are counted there; a checkpoint has weights and momentum.
  return ((parameterBytes * 2) / 3) * CHECKPOINT_COPIES;
}
