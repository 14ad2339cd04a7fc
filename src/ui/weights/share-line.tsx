import type { ShareMoment } from "../../state/weights";
import { percent } from "../kit/format";
import { text } from "../text";

/** Width and height of the drawing, in its own units. */
const WIDTH = 200;
const HEIGHT = 24;

interface Props {
  readonly shares: readonly ShareMoment[];
  /** Step of the moment shown. */
  readonly step: number;
}

/** The off-block share over the steps, from 0 to 100%, with the moment shown marked. */
export function ShareLine({ shares, step }: Props) {
  const [first, last] = [shares[0], shares.at(-1)];
  if (first === undefined || last === undefined || first.step === last.step) return null;
  const x = (at: number): number => ((at - first.step) / (last.step - first.step)) * WIDTH;
  const label = text.weights.trend(percent(first.share), percent(last.share));
  return (
    <svg className="trend" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <title>{label}</title>
      <polyline
        className="trend-entropy"
        points={shares.map(({ step: at, share }) => `${x(at)},${HEIGHT * (1 - share)}`).join(" ")}
      />
      <line className="trend-now" x1={x(step)} x2={x(step)} y1={0} y2={HEIGHT} />
    </svg>
  );
}
