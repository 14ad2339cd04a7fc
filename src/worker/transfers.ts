import type { StageColumns } from "../model/curve-columns";
import type { EngineEvent } from "../protocol/events";

/** What of an event is handed over to the page instead of copied: the curves of a run, which are made for it, 26 MB of a long one. */
export function transfersOf(event: EngineEvent): ArrayBuffer[] {
  if (event.kind !== "runOpened") return [];
  const { group, finetune } = event.run.curves;
  return [...buffersOf(group), ...buffersOf(finetune)];
}

function buffersOf({ steps, validations }: StageColumns): ArrayBuffer[] {
  return [...Object.values(steps), ...Object.values(validations)].flatMap(({ buffer }) =>
    buffer instanceof ArrayBuffer ? [buffer] : [],
  );
}
