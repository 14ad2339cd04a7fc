import type { OpenRun } from "../../state/facts";
import { timingObstacle } from "../../state/stages";
import { Button, Progress } from "../kit/controls";
import { Empty, Section } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";
import { MeasuredTable, PublishedTable } from "./timing-tables";

/** How fast a split run's network is with a device for each of its parts. */
export function ParallelPanel() {
  const run = useSelected((state) => state.facts.open);
  const isSplit = run !== null && (run.record.phase === "finetuning" || run.record.phase === "finetuned");
  return (
    <Section title={text.parallel.title} name="parallel">
      {isSplit ? <Timing run={run} /> : <Empty>{text.parallel.none}</Empty>}
    </Section>
  );
}

function Timing({ run }: { readonly run: OpenRun }) {
  const { send } = useStudio();
  const activity = useSelected((state) => state.facts.activity);
  const obstacle = useSelected(({ facts }) => timingObstacle(facts));
  const { parallel } = text;
  if (activity.kind === "timing") {
    const label = parallel.timing(activity.done, activity.total);
    return (
      <div className="run-progress">
        <p className="hint">{label}</p>
        <Progress label={label} value={activity.done} max={activity.total} />
        <div>
          <Button onClick={() => send({ kind: "stop" })}>{parallel.stop}</Button>
        </div>
      </div>
    );
  }
  return (
    <>
      <div className="row">
        <Button
          disabled={obstacle !== null}
          describedBy={obstacle === null ? undefined : "parallel-obstacle"}
          onClick={() => send({ kind: "timeBranches", runId: run.record.id })}
        >
          {parallel.start}
        </Button>
        {obstacle !== null && (
          <span className="hint" id="parallel-obstacle">
            {text.obstacles[obstacle]}
          </span>
        )}
      </div>
      <p className="hint">{parallel.hint}</p>
      {run.timing !== null && (
        <>
          <MeasuredTable timing={run.timing} />
          <PublishedTable />
        </>
      )}
    </>
  );
}
