import type { ClassGroups } from "../../state/assignment";
import { lights, litOf } from "../../state/lighting";
import { useSelected } from "../kit/studio";
import { runsOf } from "./confusion";

interface Props {
  /** Classes of the rows and of the columns. */
  readonly truths: readonly number[];
  readonly predictions: readonly number[];
  readonly groups: ClassGroups | null;
}

/** Rows and columns of the classes that are lit, neighbours in one band. */
export function LitBands({ truths, predictions, groups }: Props) {
  const lit = useSelected(({ lighting }) => litOf(lighting));
  if (lit === null) return null;
  const stretches = (labels: readonly number[]) => runsOf(labels.map((label) => lights(lit, { kind: "class", label }, groups)));
  const share = (cells: number, all: readonly number[]): string => `${(100 * cells) / all.length}%`;
  return (
    <>
      {stretches(truths).map(({ start, length }) => (
        <span
          key={start}
          className="band"
          style={{ left: 0, right: 0, top: share(start, truths), height: share(length, truths) }}
        />
      ))}
      {stretches(predictions).map(({ start, length }) => (
        <span
          key={start}
          className="band"
          style={{ top: 0, bottom: 0, left: share(start, predictions), width: share(length, predictions) }}
        />
      ))}
    </>
  );
}
