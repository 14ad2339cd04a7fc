import { useId, useMemo, useState } from "react";
import { ConfigError } from "../../base/errors";
import { CONTROL_SOURCES, type ControlSource, type PlannedControl } from "../../model/control-plan";
import type { RunRecord } from "../../model/run";
import type { QueueView } from "../../protocol/queue";
import { missingControls, possibleSources } from "../../state/control-runs";
import { seedsOf } from "../../state/queue-draft";
import { Button, Check, TextField } from "../kit/controls";
import { RunEstimate } from "../kit/run-estimate";
import { Scroll } from "../kit/scroll";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";

interface Props {
  readonly record: RunRecord;
  readonly queue: QueueView;
}

/** Which controls, of which seeds; how many runs that makes and how long they take; and the button that queues them. */
export function ControlChoice({ record, queue }: Props) {
  const { send } = useStudio();
  const disabled = useSelected(({ facts }) => facts.elsewhere !== null || facts.fatal !== null);
  const possible = possibleSources(record);
  const [chosen, choose] = useState<readonly ControlSource[]>(possible);
  const [seeds, writeSeeds] = useState("");
  const { config } = record;
  const plan = useMemo(
    () => planOf(seeds, config.seed, (own) => missingControls(record, queue, chosen, own)),
    [seeds, config, record, queue, chosen],
  );
  return (
    <div className="control-choice">
      <fieldset>
        <legend>{text.controlRuns.chosen}</legend>
        {CONTROL_SOURCES.filter((source) => possible.includes(source)).map((source) => (
          <Check
            key={source}
            label={text.controlRuns.sources[source]}
            on={chosen.includes(source)}
            onChange={(on) => choose(on ? [...chosen, source] : chosen.filter((other) => other !== source))}
          />
        ))}
        {!possible.includes("semantic") && <p className="hint">{text.controlRuns.fewSuperclasses}</p>}
      </fieldset>
      <TextField
        label={text.controlRuns.seeds}
        value={seeds}
        hint={text.controlRuns.seedsHint(config.seed)}
        error={plan.problem ?? undefined}
        numeric={false}
        onChange={writeSeeds}
      />
      {plan.problem === null && (
        <Planned
          record={record}
          planned={plan.planned}
          disabled={disabled}
          onQueue={() => send({ kind: "enqueueControls", runId: record.id, sources: [...chosen], seeds: [...plan.seeds] })}
        />
      )}
    </div>
  );
}

interface PlannedProps {
  readonly record: RunRecord;
  readonly planned: readonly PlannedControl[];
  readonly disabled: boolean;
  readonly onQueue: () => void;
}

function Planned({ record, planned, disabled, onQueue }: PlannedProps) {
  const note = useId();
  const configs = useMemo(
    () =>
      planned.map(({ source }) =>
        source === "unsplit" ? { ...record.config, grouping: "1-1-1", fixedGroups: null } : record.config,
      ),
    [planned, record],
  );
  const clusters = planned.some(({ source }) => source === "clustering");
  if (planned.length === 0) return <p className="hint">{text.controlRuns.nothing}</p>;
  return (
    <>
      <Scroll label={text.controlRuns.planned}>
        <ul className="control-list">
          {planned.map(({ source, seed }) => (
            <li key={`${source}-${seed}`}>{text.queue.ofSeed(text.controlRuns.sources[source], seed)}</li>
          ))}
        </ul>
      </Scroll>
      <RunEstimate configs={configs} />
      {clusters && (
        <p className="hint" id={note}>
          {text.controlRuns.unsplitFirst}
        </p>
      )}
      <Button kind="primary" disabled={disabled} describedBy={clusters ? note : undefined} onClick={onQueue}>
        {text.controlRuns.button(planned.length)}
      </Button>
    </>
  );
}

interface Plan {
  readonly seeds: readonly number[];
  readonly planned: readonly PlannedControl[];
  readonly problem: string | null;
}

/** Controls of the seeds that are typed; those of the run where none are. */
function planOf(typed: string, own: number, plan: (seeds: readonly number[]) => readonly PlannedControl[]): Plan {
  try {
    const seeds = typed.trim() === "" ? [own] : seedsOf(typed);
    return { seeds, planned: plan(seeds), problem: null };
  } catch (error) {
    if (error instanceof ConfigError) return { seeds: [], planned: [], problem: `${error.message}. ${error.cure}` };
    throw error;
  }
}
