import Pause from "lucide-react/icons/pause";
import Play from "lucide-react/icons/play";
import { useEffect, useState } from "react";
import type { OpenRun } from "../../state/facts";
import { text } from "../text";
import { Button } from "./controls";
import { useViewed } from "./view";

/** A whole history is played in some ten seconds; a short one not faster than the eye follows. */
const PLAYED_MILLISECONDS = 10_000;
const LONGEST_FRAME_MILLISECONDS = 250;

/** Index of the snapshot of a run that its pictures show, null for the latest: a rewound run may lack the one looked at. */
function usePosition(history: OpenRun["history"]): number | null {
  const [moment] = useViewed("moment");
  const index = moment === null ? -1 : history.findIndex(({ step }) => String(step) === moment);
  return index < 0 ? null : index;
}

/** That snapshot itself. */
export function useMoment({ history }: OpenRun): OpenRun["history"][number] | null {
  const position = usePosition(history);
  return position === null ? null : history[position]!;
}

/** Moves all pictures of a run through its snapshots; nothing where there are not two. */
export function MomentSlider({ run: { history } }: { readonly run: OpenRun }) {
  const [, setMoment] = useViewed("moment");
  const position = usePosition(history);
  if (history.length < 2) return null;
  const move = (index: number | null): void => setMoment(index === null ? null : String(history[index]?.step));
  return <TimeSlider steps={history.map(({ step }) => step)} position={position} onMove={move} />;
}

interface Props {
  /** Steps of the snapshots, ascending; at least two. */
  readonly steps: readonly number[];
  /** Index of the snapshot shown; null: the latest, whatever comes. */
  readonly position: number | null;
  readonly onMove: (position: number | null) => void;
}

/** Moves through the snapshots of a run by hand, by keyboard or by playing them. */
function TimeSlider({ steps, position, onMove }: Props) {
  const [playing, setPlaying] = useState(false);
  const last = steps.length - 1;
  const shown = position ?? last;
  useEffect(() => {
    if (!playing) return;
    const wait = Math.min(LONGEST_FRAME_MILLISECONDS, PLAYED_MILLISECONDS / steps.length);
    const timer = setTimeout(() => {
      if (shown < last) return onMove(shown + 1 === last ? null : shown + 1);
      setPlaying(false);
    }, wait);
    return () => clearTimeout(timer);
  }, [playing, shown, last, steps.length, onMove]);
  const play = (): void => {
    if (!playing && shown === last) onMove(0);
    setPlaying(!playing);
  };
  const where = position === null ? text.groups.latest(steps[last]!) : text.groups.step(steps[shown]!);
  return (
    <div className="time-slider">
      <Button label={playing ? text.groups.pause : text.groups.play} onClick={play}>
        {playing ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
      </Button>
      <input
        type="range"
        min={0}
        max={last}
        value={shown}
        aria-label={text.groups.time}
        aria-valuetext={where}
        onChange={({ target }) => {
          setPlaying(false);
          const index = target.valueAsNumber;
          onMove(index === last ? null : index);
        }}
      />
      <span className="hint" aria-hidden="true">
        {where}
      </span>
    </div>
  );
}
