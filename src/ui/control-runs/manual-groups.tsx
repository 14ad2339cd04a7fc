import { useMemo, useState } from "react";
import { parseGrouping } from "../../model/grouping";
import type { RunRecord } from "../../model/run";
import { classGroupsOf } from "../../state/assignment";
import type { OpenRun } from "../../state/facts";
import { Button, Select } from "../kit/controls";
import { useSelected, useStudio } from "../kit/studio";
import { Disclosure } from "../kit/view";
import { text } from "../text";

/** Groups of a person's own: the learned ones, with classes moved by hand. */
export function ManualGroups({ run }: { readonly run: Pick<OpenRun, "record" | "split" | "assignments"> }) {
  const { record, split, assignments } = run;
  const learned = useMemo(() => classGroupsOf({ split, assignments }), [split, assignments]);
  if (learned === null) return null;
  return (
    <Disclosure name="controls-manual" summary={text.controlRuns.manual.title}>
      <Editor key={record.id} record={record} learned={learned.groupOf} />
    </Disclosure>
  );
}

interface EditorProps {
  readonly record: RunRecord;
  /** Group of every class. */
  readonly learned: readonly number[];
}

function Editor({ record, learned }: EditorProps) {
  const { send } = useStudio();
  const disabled = useSelected(({ facts }) => facts.elsewhere !== null || facts.fatal !== null);
  const [moves, move] = useState<Readonly<Record<number, number>>>({});
  const classes = learned.map((group, label) => moves[label] ?? group);
  const words = text.controlRuns.manual;
  const groups = Array.from({ length: parseGrouping(record.config.grouping).classes }, (_, group) => group);
  const options = groups.map((group) => ({ value: String(group), name: words.group(group) }));
  const empty = groups.filter((group) => !classes.includes(group));
  const moved = classes.filter((group, label) => group !== learned[label]).length;
  return (
    <div className="control-choice">
      <p className="hint">{words.what}</p>
      <ul className="manual-classes">
        {classes.map((group, label) => (
          <li key={record.classes[label]}>
            <Select
              inline
              label={words.classGroup(record.classes[label] ?? String(label))}
              value={String(group)}
              options={options}
              onChange={(chosen) => move({ ...moves, [label]: Number(chosen) })}
            />
          </li>
        ))}
      </ul>
      <p className={empty.length > 0 ? "wrong" : "hint"}>
        {empty.length > 0
          ? words.empty(empty.map((group) => group + 1).join(", "))
          : moved === 0
            ? words.same
            : words.moved(moved)}
      </p>
      <div className="row">
        <Button
          disabled={disabled || empty.length > 0 || moved === 0}
          onClick={() => send({ kind: "enqueueManual", runId: record.id, seed: record.config.seed, classes })}
        >
          {words.add}
        </Button>
        <Button kind="quiet" disabled={moved === 0} onClick={() => move({})}>
          {words.reset}
        </Button>
      </div>
    </div>
  );
}
