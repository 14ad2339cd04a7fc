import type { Config } from "../../model/config";
import type { TrainingStage } from "../../model/run";
import type { StageCurves } from "../../state/curves";
import { columnOf } from "../../state/series";
import { count, decimal } from "../kit/format";
import { Disclosure } from "../kit/view";
import { text } from "../text";

interface Props {
  readonly stage: TrainingStage;
  readonly curves: StageCurves;
  readonly config: Config;
}

/** Every term of the objective: what it asks for, its equation, its weight, and its value at the last step. */
export function Terms({ stage, curves, config }: Props) {
  const { explain } = text.curves;
  const last = curves.steps.length - 1;
  if (last < 0) return null;
  const { penalties } = config.group;
  const weights = {
    crossEntropy: "1",
    l2: decimal(config[stage].weightDecay),
    overlap: decimal(penalties.overlap),
    weightSplit: decimal(penalties.weightSplit),
    uniform: decimal(penalties.uniform),
  } as const;
  const terms =
    stage === "group"
      ? (["crossEntropy", "l2", "overlap", "weightSplit", "uniform"] as const)
      : (["crossEntropy", "l2"] as const);
  const latest = (term: (typeof terms)[number] | "total"): string => decimal(columnOf(curves.steps, term)[last]!);
  return (
    <Disclosure name="terms" summary={explain.title}>
      <p className="hint">{explain.step(count(columnOf(curves.steps, "step")[last]!))}</p>
      <table className="table terms">
        <thead>
          <tr>
            <th scope="col">{explain.columns.term}</th>
            <th scope="col">{explain.columns.equation}</th>
            <th scope="col" className="number">
              {explain.columns.weight}
            </th>
            <th scope="col" className="number">
              {explain.columns.value}
            </th>
          </tr>
        </thead>
        <tbody>
          {terms.map((term) => (
            <tr key={term}>
              <th scope="row">
                {text.curves.series[term]}
                <span className="hint">{explain.terms[term].asks}</span>
              </th>
              <td className="equation">{explain.terms[term].equation}</td>
              <td className="number">{weights[term]}</td>
              <td className="number">{latest(term)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{text.curves.series.total}</th>
            <td>{explain.sum}</td>
            <td />
            <td className="number">{latest("total")}</td>
          </tr>
        </tbody>
      </table>
    </Disclosure>
  );
}
