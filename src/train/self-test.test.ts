import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Solution, solve } from "../../tests/support/self-test-oracle";
import type { TrainingStage } from "../model/run";
import { type Answers, firstDifference, selfTest } from "./self-test";
import { SELF_TEST_ANSWERS } from "./self-test-answers";
import { differenceOf, digestOf } from "./self-test-digest";
import { selfTestProblem } from "./self-test-problem";

const STAGES: readonly TrainingStage[] = ["group", "finetune"];
/** Float32 activations are right to about 1e-6: nearer to zero, rounding may decide whether a ReLU passes a gradient. */
const RELU_MARGIN = 1e-5;

const computed = new Map<TrainingStage, Solution>();

function solved(stage: TrainingStage): Solution {
  const known = computed.get(stage) ?? solve(selfTestProblem(stage));
  computed.set(stage, known);
  return known;
}

/** The file of answers: seven digits, one line a tensor. */
function answersFile(): string {
  const number = (value: number): string => String(Number(value.toPrecision(7)));
  const table = (rows: Readonly<Record<string, readonly number[]>>): string =>
    Object.entries(rows)
      .map(([name, row]) => `      "${name}": [${row.map(number).join(", ")}],\n`)
      .join("");
  const stage = ({ losses, statistics, gradients, outputs }: Answers): string => {
    const terms = Object.entries(losses).map(([name, value]) => `${name}: ${number(value)}`);
    return [
      `    losses: { ${terms.join(", ")} },`,
      `    statistics: {\n${table(statistics)}    },`,
      `    gradients: {\n${table(gradients)}    },`,
      `    outputs: {\n${table(outputs)}    },`,
    ].join("\n");
  };
  return [
    'import type { TrainingStage } from "../model/run";',
    'import type { Answers } from "./self-test";',
    "",
    "/** The float64 oracle's answers. Written by `npx vitest run --project unit src/train/self-test -u`; do not edit. */",
    "// biome-ignore format: one line a tensor",
    "export const SELF_TEST_ANSWERS: Readonly<Record<TrainingStage, Answers>> = {",
    ...STAGES.map((name) => `  ${name}: {\n${stage(solved(name).answers)}\n  },`),
    "};",
    "",
  ].join("\n");
}

test("the stored answers are the oracle's: `vitest -u` writes them anew", async () => {
  // Seven digits are kept; another processor's last bit is no change.
  const fresh = STAGES.every((stage) => greatestChange(solved(stage).answers, SELF_TEST_ANSWERS[stage]) < 1e-6);
  const path = join(import.meta.dirname, "self-test-answers.ts");
  await expect(fresh ? readFileSync(path, "utf8") : answersFile()).toMatchFileSnapshot(path);
});

/** Relative to each row's largest element; infinite where a name or number is missing. */
function greatestChange(actual: Answers, stored: Answers): number {
  const rows = ({ losses, statistics, gradients, outputs }: Answers): (readonly [string, readonly number[]])[] => [
    ["losses", Object.values(losses)],
    ...Object.entries({ ...statistics, ...gradients, ...outputs }),
  ];
  const [now, before] = [rows(actual), rows(stored)];
  if (JSON.stringify(now.map(([name]) => name)) !== JSON.stringify(before.map(([name]) => name))) return Infinity;
  const changes = now.map(([, row], i) => {
    const kept = before[i]![1];
    if (kept.length !== row.length) return Infinity;
    const scale = Math.max(...row.map(Math.abs));
    return Math.max(...row.map((value, j) => Math.abs(value - kept[j]!))) / scale;
  });
  return Math.max(...changes);
}

describe.each(STAGES)("%s", (stage) => {
  test("no ReLU of the step is so near zero that rounding could decide its gradient", () => {
    expect(solved(stage).margin).toBeGreaterThan(RELU_MARGIN);
  });

  test("the step moves every output by far more than the tolerance: a missing update shows", () => {
    const { before, answers } = solved(stage);
    const untouched: Answers = { ...answers, outputs: { ...answers.outputs, logits: digestOf(before.data) } };
    expect(firstDifference(untouched, SELF_TEST_ANSWERS[stage])).toMatch(/^after the update, logits: /);
    const [largest = 0] = SELF_TEST_ANSWERS[stage].outputs.logits!;
    const moved = before.data.map((value, i) => Math.abs(value - solved(stage).after.data[i]!));
    expect(Math.max(...moved)).toBeGreaterThan(0.1 * largest);
  });
});

describe("a device that differs", () => {
  const answers = SELF_TEST_ANSWERS.group;

  test("is told by the first tensor that is off, running statistics before losses before gradients", () => {
    expect(firstDifference(answers, answers)).toBeNull();
    const statistics = { ...answers.statistics, "unit_1_0/bn_2/mu": answers.statistics["unit_1_0/bn_2/mu"]!.map((x) => 2 * x) };
    expect(firstDifference({ ...answers, statistics, losses: {} }, answers)).toMatch(/^running unit_1_0\/bn_2\/mu: largest/);
    expect(firstDifference({ ...answers, losses: {}, gradients: {} }, answers)).toMatch(/^loss crossEntropy: NaN instead of /);
    expect(firstDifference({ ...answers, gradients: {} }, answers)).toMatch(/^gradient of /);
  });

  test("shows by any one element, and by one that is not a number", () => {
    const tensor = Float64Array.from({ length: 9216 }, (_, i) => Math.sin(3 * i));
    const expected = digestOf(tensor);
    for (const index of [0, 1, 4095, 9215]) {
      for (const wrong of [tensor[index]! + 1, Number.NaN]) {
        const changed = digestOf(tensor.map((value, i) => (i === index ? wrong : value)));
        expect(differenceOf(changed, expected, 1e-3), `${index}`).not.toBeNull();
      }
    }
    expect(differenceOf(digestOf(tensor.map((value) => value * (1 + 1e-4))), expected, 1e-3)).toBeNull();
  });
});

describe("the self-test", () => {
  const device = { pushErrorScope: () => undefined, popErrorScope: async () => null };

  test("calls what a trainer throws a failure, and so what the device rejects", async () => {
    const prepare = (): never => {
      throw new Error("no such kernel");
    };
    expect(await selfTest(device, prepare)).toEqual({ kind: "failed", what: "no such kernel" });
    const rejecting = { ...device, popErrorScope: async () => ({ message: "too many bindings" }) };
    expect(await selfTest(rejecting, prepare)).toEqual({ kind: "failed", what: "too many bindings" });
  });
});
