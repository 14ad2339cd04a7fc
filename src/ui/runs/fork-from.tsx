import { useId, useMemo, useState } from "react";
import type { RunRecord } from "../../model/run";
import type { CheckpointView } from "../../protocol/views";
import { evaluateForm } from "../../state/config-form";
import { Button } from "../kit/controls";
import { count, percent } from "../kit/format";
import { runName } from "../kit/run-name";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";

interface Props {
  readonly record: RunRecord;
  /** What the run is called. */
  readonly name: string;
  readonly disabled: boolean;
}

/** The checkpoints of a run, once they are asked for, each of which a run of its own can begin with. */
export function ForkFrom({ record, name, disabled }: Props) {
  const { send } = useStudio();
  const list = useSelected(({ facts: { checkpoints } }) => (checkpoints?.runId === record.id ? checkpoints.list : null));
  return (
    <>
      <Button
        kind="quiet"
        label={`${text.runs.checkpoints} ${name}`}
        onClick={() => send({ kind: "listCheckpoints", runId: record.id })}
      >
        {text.runs.checkpoints}
      </Button>
      {list?.length === 0 && <p className="hint">{text.runs.noCheckpoints}</p>}
      {list !== null && list.length > 0 && <ForkChoice record={record} name={name} disabled={disabled} list={list} />}
    </>
  );
}

/** Which checkpoint, and whether with the settings of the form. */
function ForkChoice({ record, name, disabled, list }: Props & { readonly list: readonly CheckpointView[] }) {
  const { send } = useStudio();
  const form = useSelected((state) => state.form);
  const { config } = useMemo(() => evaluateForm(form), [form]);
  const [withForm, setWithForm] = useState(false);
  const hint = useId();
  const fork = ({ stage, copy }: CheckpointView): void =>
    send({ kind: "forkRun", runId: record.id, stage, copy, config: withForm ? config : null });
  return (
    <>
      <Checkpoints list={list} name={name} disabled={disabled || (withForm && config === null)} onFork={fork} />
      <p className="hint">{text.runs.forkHint}</p>
      <label className="check">
        <input
          type="checkbox"
          checked={withForm}
          aria-describedby={hint}
          onChange={({ target }) => setWithForm(target.checked)}
        />
        {text.runs.forkWithForm}
      </label>
      <p id={hint} className="hint">
        {withForm && config === null ? text.runs.forkFormWrong : text.runs.forkWithFormHint}
      </p>
    </>
  );
}

interface ListProps {
  readonly list: readonly CheckpointView[];
  readonly name: string;
  readonly disabled: boolean;
  readonly onFork: (checkpoint: CheckpointView) => void;
}

function Checkpoints({ list, name, disabled, onFork }: ListProps) {
  const { checkpointColumns: columns } = text.runs;
  return (
    <table className="table">
      <caption className="hidden">{text.runs.checkpointsOf(name)}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.checkpoint}</th>
          <th scope="col" className="number">
            {columns.step}
          </th>
          <th scope="col" className="number">
            {columns.top1}
          </th>
          <th scope="col">
            <span className="hidden">{columns.fork}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {list.map((checkpoint) => (
          <tr key={`${checkpoint.stage} ${checkpoint.copy}`}>
            <th scope="row">
              {text.curves[checkpoint.stage]}: {text.runs.copies[checkpoint.copy].toLowerCase()}
            </th>
            {checkpoint.kind === "damaged" ? (
              <td colSpan={3} className="wrong">
                {checkpoint.error.message}. {checkpoint.error.cure}
              </td>
            ) : (
              <>
                <td className="number">{count(checkpoint.step)}</td>
                <td className="number">{checkpoint.top1 === null ? "–" : percent(checkpoint.top1)}</td>
                <td>
                  <Button
                    kind="quiet"
                    label={text.runs.forkLabel(text.runs.copies[checkpoint.copy], text.curves[checkpoint.stage], checkpoint.step)}
                    disabled={disabled}
                    onClick={() => onFork(checkpoint)}
                  >
                    {text.runs.fork}
                  </Button>
                </td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Where a fork began: the run by its name while it is listed, else by its id. */
export function Origin({ runId, stage, step }: NonNullable<RunRecord["forkedFrom"]>) {
  const parent = useSelected((state) => state.facts.runs?.find(({ id }) => id === runId));
  const description = useSelected((state) => state.facts.descriptions[runId]);
  const name = parent === undefined ? runId : runName(parent, description);
  return <p className="hint">{text.runs.forkedFrom(name, text.curves[stage], step)}</p>;
}
