import { decodeEvaluation, encodeEvaluation } from "../../../src/engine/evaluation-file";
import { decodePlan, encodePlan } from "../../../src/engine/plan-file";
import { exampleConfig } from "../../../src/engine/testing";
import { groupingSpec } from "../../../src/model/build";
import { groupedSpaces } from "../../../src/model/lookup";
import type { EvaluationReport } from "../../../src/splitnet/evaluation";
import { groupSizes } from "../../../src/splitnet/partition";
import type { Draws } from "../draws";
import { mutateBytes } from "../mutate-bytes";
import { mutateValue } from "../mutate-values";
import { type Attempt, hold, type Target } from "../target";
import { jsonOf } from "./tensors";

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A JSON file with wrong bytes, or one of the right form with a wrong value. */
export function jsonMutant(bytes: Uint8Array, draws: Draws): Uint8Array {
  if (draws.chance(0.4)) return mutateBytes(bytes, draws);
  return utf8(jsonOf(mutateValue(JSON.parse(textOf(bytes)), draws)));
}

const config = exampleConfig;
const spec = groupingSpec(config, 6);
const plan = encodePlan(
  new Map(
    groupedSpaces(spec).map(({ name, groups, size }) => [
      name,
      { groups, groupOf: Array.from({ length: size }, (_, member) => member % groups) },
    ]),
  ),
);
const LISTS_IN_LISTS = `${"[".repeat(500_000)}${"]".repeat(500_000)}`;
const MILLION = `[${new Array(1_000_000).fill(-1).join()}]`;

function readPlan(bytes: Uint8Array): Attempt {
  return () => {
    for (const partition of decodePlan(bytes, spec).values()) {
      hold(
        groupSizes(partition).reduce((sum, size) => sum + size, 0) === partition.groupOf.length,
        "that groups have all members",
      );
    }
  };
}

export const planTarget: Target = {
  name: "plan",
  mutant: (draws) => readPlan(jsonMutant(plan, draws)),
  bombs: {
    "a million members below zero": () => readPlan(utf8(textOf(plan).replace(/\[[\d,]+\]/, MILLION))),
    "200,000 spaces": () => {
      const spaces = Array.from({ length: 200_000 }, (_, index) => `"${index}":0`).join();
      return readPlan(utf8(`{"format":"splitnet-plan","version":1,"partitions":{${spaces}}}`));
    },
    "a million lists in lists": () => readPlan(utf8(LISTS_IN_LISTS)),
    "a space of a name of 1 MB": () =>
      readPlan(
        utf8(`{"format":"splitnet-plan","version":1,"partitions":{"${"n".repeat(1_000_000)}":{"groups":2,"groupOf":[0,1]}}}`),
      ),
  },
};

const subset = (index: number) => ({ index, count: 2, top1: 0.5 });
const report: EvaluationReport = {
  count: 4,
  loss: 0.7,
  top1: 0.5,
  top5: 1,
  secondsPerImage: 0.001,
  confusion: [1, 1, 1, 1],
  predictions: [0, 1, 1, 0],
  truthScores: [0.75, 0.25, 0.5, 0.125],
  predictionScores: [0.75, 0.75, 0.5, 0.875],
  perClass: [subset(0), subset(1)],
  perGroup: [subset(0), subset(1)],
  perSuperclass: [subset(0)],
};
const evaluation = encodeEvaluation({ unsplit: report, split: report });

/** Never throws: what is no evaluation is null. What is one comes back when written and read again. */
function readEvaluation(bytes: Uint8Array): Attempt {
  return () => {
    const pair = decodeEvaluation(bytes);
    if (pair === null) return;
    hold(JSON.stringify(decodeEvaluation(encodeEvaluation(pair))) === JSON.stringify(pair), "that it comes back");
    for (const { confusion } of [pair.unsplit, pair.split ?? pair.unsplit]) {
      hold(Number.isInteger(Math.sqrt(confusion.length)), "that the confusion is square");
    }
  };
}

export const evaluationTarget: Target = {
  name: "evaluation",
  mutant: (draws) => readEvaluation(jsonMutant(evaluation, draws)),
  bombs: {
    "a million counts below zero": () =>
      readEvaluation(utf8(textOf(evaluation).replaceAll(/"confusion":\[[\d,]+\]/g, `"confusion":${MILLION}`))),
    "a million subsets": () => readEvaluation(utf8(textOf(evaluation).replace(/"perClass":\[[^\]]+\]/, `"perClass":${MILLION}`))),
    "a million lists in lists": () => readEvaluation(utf8(LISTS_IN_LISTS)),
  },
};
