import { MOST_COMPARED, type RunRecord } from "../../model/run";
import { controlObstacle, controlsOf } from "../../state/control-runs";
import { isLeft, runIdOf } from "../../state/queue";
import { listText } from "../../state/view";
import { Button } from "../kit/controls";
import { entryName } from "../kit/entry-name";
import { useQueueFacts } from "../kit/queue-facts";
import { Scroll } from "../kit/scroll";
import { Empty, jumpToSection, Pending, Section } from "../kit/section";
import { useSelected } from "../kit/studio";
import { Disclosure, useViewed } from "../kit/view";
import { text } from "../text";
import { ControlChoice } from "./control-choice";
import { ManualGroups } from "./manual-groups";

/** What the open run's learned groups are compared with: to be queued at two presses, and how far that has come. */
export function ControlRunsPanel() {
  const open = useSelected((state) => state.facts.open);
  const queue = useSelected((state) => state.facts.queue);
  const obstacle = controlObstacle(open);
  return (
    <Section title={text.controlRuns.title} name="controls">
      {obstacle !== null || open === null ? (
        <Empty>{text.controlRuns.obstacles[obstacle ?? "noRun"]}</Empty>
      ) : queue === null ? (
        <Pending>{text.queue.unknown}</Pending>
      ) : (
        <>
          <p className="hint">{text.controlRuns.what}</p>
          <Disclosure name="controls" summary={text.controlRuns.open}>
            <ControlChoice key={open.record.id} record={open.record} queue={queue} />
          </Disclosure>
          <ManualGroups run={open} />
          <Queued record={open.record} />
        </>
      )}
    </Section>
  );
}

/** Controls of the run that are in the queue, and the way to compare those that are done. */
function Queued({ record }: { readonly record: RunRecord }) {
  const facts = useQueueFacts();
  const queue = useSelected((state) => state.facts.queue);
  const [, compare] = useViewed("compare");
  const entries = controlsOf(queue, record.id);
  const done = entries.flatMap((entry) => (entry.state.kind === "finished" ? (runIdOf(entry) ?? []) : []));
  const shown = [...new Set([record.id, ...done])].slice(0, MOST_COMPARED);
  const waits = queue?.running === false && entries.some(isLeft);
  if (entries.length === 0) return null;
  return (
    <>
      <Scroll label={text.controlRuns.list}>
        <ul className="control-list">
          {entries.map((entry) => (
            <li key={entry.id}>
              {entryName(entry, facts)} <span className="hint">{text.queue.states[entry.state.kind]}</span>
            </li>
          ))}
        </ul>
      </Scroll>
      {waits && <p className="hint">{text.controlRuns.startHint}</p>}
      {shown.length > 1 && (
        <Button
          onClick={() => {
            compare(listText(shown));
            jumpToSection("compare");
          }}
        >
          {text.controlRuns.compare}
        </Button>
      )}
    </>
  );
}
