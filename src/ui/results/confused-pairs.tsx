import type { ClassGroups } from "../../state/assignment";
import { Button, Select } from "../kit/controls";
import { count } from "../kit/format";
import { Scroll } from "../kit/scroll";
import { Disclosure, useChoice } from "../kit/view";
import { text } from "../text";
import { type Confusion, confusedPairs } from "./confusion";

const LENGTHS = ["10", "25", "50"] as const;

interface Props {
  readonly confusion: Confusion;
  /** The classes chosen. */
  readonly labels: readonly number[];
  readonly classes: readonly string[];
  readonly groups: ClassGroups | null;
  readonly onLook: (truth: number, predicted: number) => void;
}

/** The pairs of classes that are confused most; each leads to its cell and its images. */
export function ConfusedPairs({ confusion, labels, classes, groups, onLook }: Props) {
  const [length, setLength] = useChoice("pairs", LENGTHS);
  const pairs = confusedPairs(confusion, labels, Number(length));
  const { results } = text;
  return (
    <Disclosure name="pairs" summary={results.pairs}>
      <Select
        inline
        label={results.pairsShown}
        value={length}
        options={LENGTHS.map((value) => ({ value, name: value }))}
        onChange={setLength}
      />
      {pairs.length === 0 ? (
        <p className="hint">{results.noPairs}</p>
      ) : (
        <Scroll label={results.pairs}>
          <table className="table confused-pairs">
            <thead>
              <tr>
                {results.pairColumns.map((name) => (
                  <th key={name} scope="col" className={name === results.pairColumns[1] ? "number" : undefined}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {pairs.map(({ truth, predicted, images }) => (
                <tr key={`${truth} ${predicted}`}>
                  <td>
                    <Button kind="quiet" onClick={() => onLook(truth, predicted)}>
                      {results.takenFor(classes[truth] ?? "", classes[predicted] ?? "")}
                    </Button>
                  </td>
                  <td className="number">{count(images)}</td>
                  <td>
                    {groups === null ? "–" : results.pairGroups(groups.groupOf[truth] ?? 0, groups.groupOf[predicted] ?? 0)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Disclosure>
  );
}
