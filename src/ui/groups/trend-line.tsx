import type { SpaceMoment } from "../../state/group-history";
import { percent } from "../kit/format";
import { text } from "../text";

/** Width and height of the drawing, in its own units. */
const WIDTH = 200;
const HEIGHT = 24;

interface Props {
  readonly moments: readonly SpaceMoment[];
  /** Step of the snapshot shown. */
  readonly step: number;
  /** Members of the space. */
  readonly size: number;
}

/** How undecided a space was over time, and how many members changed their group: a line over bars, with the moment shown marked. */
export function TrendLine({ moments, step, size }: Props) {
  const [first, last] = [moments[0]?.step ?? 0, moments.at(-1)?.step ?? 0];
  if (last === first) return null;
  const x = (at: number): number => ((at - first) / (last - first)) * WIDTH;
  const y = (share: number): number => HEIGHT * (1 - share);
  const most = Math.max(1, ...moments.map(({ moved }) => moved));
  const label = text.groups.trend(percent(moments[0]!.entropy, 0), percent(moments.at(-1)!.entropy, 0), most, size);
  return (
    <svg className="trend" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <title>{label}</title>
      {moments.map(
        (moment) =>
          moment.moved > 0 && (
            <line
              key={moment.step}
              className="trend-moved"
              x1={x(moment.step)}
              x2={x(moment.step)}
              y1={HEIGHT}
              y2={y(moment.moved / most)}
            />
          ),
      )}
      <polyline className="trend-entropy" points={moments.map((moment) => `${x(moment.step)},${y(moment.entropy)}`).join(" ")} />
      <line className="trend-now" x1={x(step)} x2={x(step)} y1={0} y2={HEIGHT} />
    </svg>
  );
}
