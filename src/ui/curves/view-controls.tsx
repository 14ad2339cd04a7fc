import ChevronLeft from "lucide-react/icons/chevron-left";
import ChevronRight from "lucide-react/icons/chevron-right";
import ZoomIn from "lucide-react/icons/zoom-in";
import ZoomOut from "lucide-react/icons/zoom-out";
import { CURVE_AXES, type CurveAxis, type CurveRange, panned, zoomed } from "../../state/curve-view";
import { Button, Select } from "../kit/controls";
import { text } from "../text";
import { SMOOTHINGS, type Smoothing, smoothingIn } from "./curve-choices";

/** Of what is drawn, each press. */
const ZOOM = 0.5;
const PAN = 0.5;

interface Props {
  readonly axis: CurveAxis;
  /** Whether passes over the data can be counted. */
  readonly epochs: boolean;
  readonly full: CurveRange;
  readonly range: CurveRange | null;
  readonly smoothing: Smoothing;
  readonly onSmoothing: (smoothing: Smoothing) => void;
  readonly onAxis: (axis: CurveAxis) => void;
  readonly onRange: (range: CurveRange | null) => void;
}

/** Which axis, and which stretch of it, the charts of a stage share. */
export function ViewControls({ axis, epochs, full, range, smoothing, onSmoothing, onAxis, onRange }: Props) {
  const { view } = text.curves;
  const axes = CURVE_AXES.filter((name) => name !== "epoch" || epochs);
  const move = (share: number) => () => range !== null && onRange(panned(full, range, share));
  return (
    <fieldset className="row curve-view">
      <legend className="hidden">{view.title}</legend>
      <Select
        inline
        label={view.axis}
        value={axis}
        options={axes.map((name) => ({ value: name, name: view.axes[name] }))}
        onChange={(value) => onAxis(axes.find((name) => name === value) ?? "step")}
      />
      <Button label={view.zoomIn} onClick={() => onRange(zoomed(full, range, ZOOM))}>
        <ZoomIn aria-hidden="true" />
      </Button>
      <Button label={view.zoomOut} disabled={range === null} onClick={() => onRange(zoomed(full, range, 1 / ZOOM))}>
        <ZoomOut aria-hidden="true" />
      </Button>
      <Button label={view.earlier} disabled={range === null} onClick={move(-PAN)}>
        <ChevronLeft aria-hidden="true" />
      </Button>
      <Button label={view.later} disabled={range === null} onClick={move(PAN)}>
        <ChevronRight aria-hidden="true" />
      </Button>
      <Button kind="quiet" disabled={range === null} onClick={() => onRange(null)}>
        {view.all}
      </Button>
      <Select
        inline
        label={view.smoothing}
        value={String(smoothing)}
        options={SMOOTHINGS.toSorted().map((keep) => ({
          value: String(keep),
          name: keep === 0 ? view.unsmoothed : String(keep),
        }))}
        onChange={(value) => onSmoothing(smoothingIn(value))}
      />
    </fieldset>
  );
}
