import type { ConvGeometry } from "./conv-geometry";
import type { OpenDevice } from "./device";
import type { Precision } from "./pipelines";
import { isTuned, tune, tuningKey } from "./tuning";
import { type ConvTuning, parseTuning, UNTUNED } from "./tuning-choice";

/** Where a shell remembers tunings between runs; keys are `tuningKey`, values JSON. */
export interface TuningStore {
  /** What was written under the key, anything else where nothing was. */
  read(key: string): Promise<unknown>;
  write(key: string, value: ConvTuning): Promise<void>;
}

/** Remembers for as long as it lives. */
export function tuningInMemory(): TuningStore {
  const values = new Map<string, ConvTuning>();
  return {
    read: async (key) => values.get(key) ?? null,
    async write(key, value) {
      values.set(key, value);
    },
  };
}

type TunedDevice = Pick<OpenDevice, "device" | "adapterInfo" | "report">;

/** What is remembered of a device; where that is nothing or nonsense, what suits its kind. */
export async function rememberedTuning(
  { adapterInfo, report }: TunedDevice,
  precision: Precision,
  store: TuningStore,
): Promise<ConvTuning> {
  const untuned = UNTUNED[report.kind];
  if (report.kind === "software") return untuned;
  // A store that cannot be read costs the seconds of a tuning, not the run.
  const value = await store.read(tuningKey(adapterInfo, precision)).catch(() => null);
  const found = parseTuning(value);
  return found !== null && found.adapter === report.kind ? found : untuned;
}

/** The device's tuning for these shapes; those not known are timed now and remembered. Software adapters are not tuned. */
export async function tunedFor(
  device: TunedDevice,
  geometries: readonly ConvGeometry[],
  precision: Precision,
  store: TuningStore,
): Promise<ConvTuning> {
  const known = await rememberedTuning(device, precision, store);
  if (known.adapter === "software" || isTuned(known, geometries)) return known;
  const tuning = await tune(device, geometries, { precision, known });
  await store.write(tuningKey(device.adapterInfo, precision), tuning).catch(() => undefined);
  return tuning;
}
