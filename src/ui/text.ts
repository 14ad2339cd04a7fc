import type { ElsewhereView } from "../protocol/views";
import { compare } from "./texts/compare";
import { configuration } from "./texts/configuration";
import { curves } from "./texts/curves";
import { dataset } from "./texts/dataset";
import { device } from "./texts/device";
import { deviceMissing } from "./texts/device-missing";
import { exporting } from "./texts/exporting";
import { groups } from "./texts/groups";
import { guide } from "./texts/guide";
import { health } from "./texts/health";
import { lit } from "./texts/lit";
import { log } from "./texts/log";
import { parallel } from "./texts/parallel";
import { pictures } from "./texts/pictures";
import { controlRuns, queue } from "./texts/queue";
import { results } from "./texts/results";
import { bin, mirror, runs } from "./texts/runs";
import { awake, elsewhere, notify, obstacles, stages } from "./texts/stages";
import { storage } from "./texts/storage";
import { tree } from "./texts/tree";
import { trying } from "./texts/trying";
import { weights } from "./texts/weights";

/** Every sentence the page shows: one file a panel in `texts/`. */
export const text = {
  name: "SplitNet Studio",
  tagline: "Train a network that learns its own groups, then cut it into a tree.",
  privacy: "Everything runs in this browser; no image leaves it.",
  skip: "Skip to the stages",
  theme: { label: "Colours", system: "As the system", light: "Light", dark: "Dark" },
  guide,
  device,
  deviceMissing,
  dataset,
  configuration,
  stages,
  obstacles,
  awake,
  notify,
  elsewhere,
  curves,
  groups,
  weights,
  tree,
  results,
  trying,
  parallel,
  exporting,
  queue,
  runs,
  controlRuns,
  compare,
  pictures,
  bin,
  mirror,
  storage,
  health,
  log,
  contents: "Panels of the run",
  version: {
    title: "A newer version of the studio is ready.",
    now: "Loading it takes a second; data, runs and checkpoints stay.",
    later: "It can be loaded once nothing runs: what runs goes on in this one.",
    load: "Load the new version",
  },
  boundary: {
    failed: (what: string) => `${what} could not be drawn.`,
    cure: "Only the drawing failed: what runs goes on, and nothing that is stored is touched. Draw it again; if it fails again, pause or stop at a checkpoint and load the page anew.",
    again: "Draw again",
  },
  lit,
  cancel: "Cancel",
} as const;

/** What another tab does, in a sentence; `runId` is the run looked at here. */
export function elsewhereText({ work, runId: theirs }: ElsewhereView, runId: string | null): string {
  return work === null ? text.elsewhere.unknown : text.elsewhere.doing[work](theirs !== null && theirs === runId);
}
