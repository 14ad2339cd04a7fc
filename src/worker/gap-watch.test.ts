import { expect, test } from "vitest";
import { BEAT_MS, GapWatch } from "./gap-watch";

test("beats that come late by a sleep are told with its length, others are not, nor a clock set back", () => {
  let clock = 1_700_000_000_000;
  const gaps: number[] = [];
  const watch = new GapWatch({ now: () => clock, onGap: (gap) => gaps.push(gap) });
  for (const passed of [BEAT_MS, 1, BEAT_MS + 29_000, 12 * 60_000, BEAT_MS, -3_600_000, BEAT_MS, 8 * 3_600_000, BEAT_MS]) {
    clock += passed;
    watch.beat();
  }
  expect(gaps).toEqual([12 * 60_000, 8 * 3_600_000]);
});
