import type { Target } from "./target";
import { archiveTarget, looseTarget } from "./targets/archive";
import { gzipTarget } from "./targets/gzip";
import { bundleTarget, chosenTarget, onnxTarget, partsTarget, unsplitTarget } from "./targets/imports";
import { pickleTarget } from "./targets/pickle";
import { portableTarget } from "./targets/portable";
import { queueTarget } from "./targets/queue";
import { evaluationTarget, planTarget } from "./targets/run-files";
import { runSummaryTarget } from "./targets/run-summary";
import { savedRunTarget } from "./targets/saved-run";
import { servingMessageTarget } from "./targets/serving-message";
import { storedDataTarget } from "./targets/stored-data";
import { sweepTarget, sweepTextTarget } from "./targets/sweep";
import { tarTarget } from "./targets/tar";
import { checkpointTarget, historyTarget, safetensorsTarget } from "./targets/tensors";
import { tfjsTarget } from "./targets/tfjs";
import {
  configTarget,
  messageTarget,
  metricTarget,
  nameTarget,
  recordTarget,
  summaryTarget,
  tuningTarget,
} from "./targets/values";

/** Every parser of what others wrote. */
export const TARGETS: readonly Target[] = [
  tarTarget,
  gzipTarget,
  archiveTarget,
  looseTarget,
  pickleTarget,
  configTarget,
  safetensorsTarget,
  servingMessageTarget,
  checkpointTarget,
  historyTarget,
  tfjsTarget,
  portableTarget,
  partsTarget,
  onnxTarget,
  chosenTarget,
  bundleTarget,
  unsplitTarget,
  savedRunTarget,
  planTarget,
  evaluationTarget,
  runSummaryTarget,
  messageTarget,
  recordTarget,
  metricTarget,
  summaryTarget,
  storedDataTarget,
  tuningTarget,
  queueTarget,
  nameTarget,
  sweepTarget,
  sweepTextTarget,
];
