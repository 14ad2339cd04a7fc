import Pause from "lucide-react/icons/pause";
import Play from "lucide-react/icons/play";
import { useEffect, useState } from "react";
import { Button } from "../kit/controls";
import { text } from "../text";

/** A whole history is played in some ten seconds; a short one not faster than the eye follows. */
const PLAYED_MILLISECONDS = 10_000;
const LONGEST_FRAME_MILLISECONDS = 250;

interface Props {
  /** Steps of the snapshots, ascending; at least two. */
  readonly steps: readonly number[];
  /** Index of the snapshot shown; null: the latest, whatever comes. */
  readonly position: number | null;
  readonly onMove: (position: number | null) => void;
}

/** Moves through the snapshots of a run by hand, by keyboard or by playing them. */
export function TimeSlider({ steps, position, onMove }: Props) {
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
