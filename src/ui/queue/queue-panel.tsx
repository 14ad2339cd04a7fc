import { useCallback, useRef, useState } from "react";
import type { QueueView } from "../../protocol/queue";
import { isLeft } from "../../state/queue";
import { Button } from "../kit/controls";
import { useQueueFacts } from "../kit/queue-facts";
import { Empty, Pending, Section } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";
import { AddRuns } from "./add-runs";
import { EntryList } from "./entry-list";
import { RemovedEntries } from "./removed-entries";
import { Summary } from "./summary";

/** Runs that are done one after the other: those that wait, the one under way, and what came of the others. */
export function QueuePanel() {
  const queue = useSelected((state) => state.facts.queue);
  return (
    <Section title={text.queue.title} name="queue">
      {queue === null ? (
        <Pending>{text.queue.unknown}</Pending>
      ) : (
        <>
          <Queue queue={queue} />
          <AddRuns />
        </>
      )}
    </Section>
  );
}

function Queue({ queue }: { readonly queue: QueueView }) {
  const { send } = useStudio();
  const facts = useQueueFacts();
  const [removedLast, setRemovedLast] = useState<readonly number[]>([]);
  const lists = useRef<HTMLDivElement>(null);
  const entries = queue.entries.filter(({ removedAt }) => removedAt === null);
  const done = entries.filter((entry) => !isLeft(entry));
  const changeable = facts.elsewhere === null && facts.fatal === null;
  const remove = useCallback(
    (ids: readonly number[]): void => {
      setRemovedLast(ids);
      send({ kind: "removeQueued", ids: [...ids] });
    },
    [send],
  );
  return (
    <div className="queue-lists" ref={lists} tabIndex={-1}>
      {queue.problem !== null && (
        <div className="notice notice-warn" role="alert">
          <p className="notice-title">{queue.problem.message}</p>
          <p>{queue.problem.cure}</p>
        </div>
      )}
      {entries.length === 0 ? (
        <Empty>{text.queue.none}</Empty>
      ) : (
        <>
          <Summary queue={queue} facts={facts} />
          <EntryList entries={entries} running={queue.running} facts={facts} changeable={changeable} onRemove={remove} />
        </>
      )}
      {done.length > 1 && (
        <Button kind="quiet" disabled={!changeable} onClick={() => remove(done.map(({ id }) => id))}>
          {text.queue.clear}
        </Button>
      )}
      <RemovedEntries queue={queue} last={removedLast} disabled={!changeable} onLeave={() => lists.current?.focus()} />
    </div>
  );
}
