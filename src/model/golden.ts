import { z } from "zod";
import { ConfigError } from "../base/errors";
import { type NamedTensors, sizeOf } from "../base/tensor";
import { parseGrouping } from "./grouping";
import { groupedSpaces } from "./lookup";
import { layerParameters, logitsName, type ParameterSpec } from "./parameters";
import type { ModelSpec } from "./spec";
import { type BlockOrder, wideResnet } from "./wide-resnet";

/**
 * Golden problems: small training problems given as JSON, every array of them filled by a formula, so that any implementation in
 * any language can build them and compare its numbers (tests/fixtures/README.md).
 */

const count = z.int().min(1);
const numbers = z.array(z.number());
const table = z.array(numbers);
const losses = z.array(
  z.object({
    crossEntropy: z.number(),
    l2: z.number(),
    overlap: z.number().default(0),
    weightSplit: z.number().default(0),
    uniform: z.number().default(0),
    total: z.number(),
  }),
);

const problem = {
  model: z.object({
    residualUnits: count,
    widen: count,
    classes: count,
    /** level1 groups the classes, level2 stage 3, level3 stage 2. */
    groups: z.object({ level1: count, level2: count, level3: count }),
  }),
  batch: count,
  steps: z.int().min(0),
  learningRate: z.number(),
  momentum: z.number(),
  weightDecay: z.number(),
  weightedSplit: z.boolean(),
  trainBnScale: z.boolean(),
  penaltyWeights: z.object({ overlap: z.number(), weightSplit: z.number(), uniform: z.number() }),
};

const groupSchema = z.object({
  kind: z.literal("group"),
  ...problem,
  expect: z
    .object({
      losses,
      logitsStep0: table,
      gradientNormStep0: z.record(z.string(), z.number()),
      evalLogitsAfter: table,
      parameterShapes: z.record(z.string(), z.array(count)),
    })
    .partial()
    .default({}),
});

const splitSchema = z.object({
  kind: z.literal("split"),
  ...problem,
  blockOrder: z.enum(["pre-activation", "post-activation"]),
  warmupForwards: z.int().min(0),
  expect: z
    .object({
      groupSizes: z.record(z.string(), z.array(count)),
      classGroups: z.array(z.int().min(0)),
      evalLogitsAtSplit: table,
      losses,
      parameters: count,
      flopsPerImage: count,
    })
    .partial()
    .default({}),
});

const penaltyCaseSchema = z.object({
  /** [k, k, in, out] of a convolution or [in, out] of a fully connected layer. */
  weightShape: z.union([z.tuple([count, count, count, count]), z.tuple([count, count])]),
  groups: z.int().min(2),
  alphaScale: z.number(),
  overlap: z.tuple([z.number(), z.number()]).optional(),
  uniform: z.tuple([z.number(), z.number()]).optional(),
  weightSplit: z.number().optional(),
  /** The scalar whose gradients the case lists; p groups the inputs, q the outputs. */
  gradientOf: z.literal("weightSplit(w,p,q) + 2*overlap(p) + 3*uniform(q)"),
  gradW: numbers.optional(),
  gradInputAlpha: numbers.optional(),
  gradOutputAlpha: numbers.optional(),
});

const penaltiesSchema = z.object({ kind: z.literal("penalties"), cases: z.array(penaltyCaseSchema) });

const fixtureSchema = z.discriminatedUnion("kind", [groupSchema, splitSchema, penaltiesSchema]);

export type GroupFixture = z.infer<typeof groupSchema>;
export type SplitFixture = z.infer<typeof splitSchema>;
export type PenaltiesFixture = z.infer<typeof penaltiesSchema>;
export type PenaltyCase = z.infer<typeof penaltyCaseSchema>;
export type Fixture = GroupFixture | SplitFixture | PenaltiesFixture;

/** Row-major float64 values of a shape. */
export interface Filled {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Parses a fixture's JSON; throws ConfigError naming every field at fault. */
export function parseFixture(value: unknown): Fixture {
  const result = fixtureSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "fixture"}: ${issue.message}`);
  throw new ConfigError(problems.join("; "), "Give a fixture of the kind group, split or penalties, as in tests/fixtures.");
}

/** The network of a problem before its split; stage 1 is always pre-activation, stage 2 as the fixture says. */
export function goldenSpec(fixture: GroupFixture | SplitFixture, blockOrder: BlockOrder = "pre-activation"): ModelSpec {
  const { residualUnits, widen, classes, groups } = fixture.model;
  const grouping = parseGrouping(`${groups.level3}-${groups.level2}-${groups.level1}`);
  return wideResnet({ residualUnits, widen, classes, grouping, blockOrder, dropout: false });
}

/** Element i is scale sqrt(2) sin(seed + 0.7 i + 0.013 (i mod 97)). */
export function fill(shape: readonly number[], seed: number, scale: number): Filled {
  const data = new Float64Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = scale * Math.SQRT2 * Math.sin(seed + 0.7 * i + 0.013 * (i % 97));
  return { shape, data };
}

/** ((sum over characters of code * position, from 1) mod 1000) / 100. */
export function seedOf(name: string): number {
  let sum = 0;
  for (let i = 0; i < name.length; i++) sum += name.charCodeAt(i) * (i + 1);
  return (sum % 1000) / 100;
}

/** Images [batch, 32, 32, 3], used as they are: no augmentation, no whitening. */
export function goldenImages(batch: number): Filled {
  return fill([batch, 32, 32, 3], 0.5, 1);
}

/** Labels (7 i + 3) mod classes. */
export function goldenLabels(batch: number, classes: number): Int32Array {
  return Int32Array.from({ length: batch }, (_, i) => (7 * i + 3) % classes);
}

/** Weights and assignment logits of a dense network by our names, in the order of the network. */
export function goldenParameters(spec: ModelSpec): ReadonlyMap<string, Filled> {
  const parameters = new Map(layerParameters(spec).map((parameter) => [parameter.name, fillParameter(parameter)]));
  for (const { name, groups, size, publishedName } of groupedSpaces(spec)) {
    parameters.set(logitsName(name), fill([groups, size], seedOf(publishedName ?? name), 0.7));
  }
  return parameters;
}

/** Our parameter name to the published one: equal for layers, the grouping's name for assignment logits. */
export function publishedNames(spec: ModelSpec): ReadonlyMap<string, string> {
  const logits = groupedSpaces(spec).map((space): [string, string] => [
    logitsName(space.name),
    space.publishedName ?? space.name,
  ]);
  return new Map([...logits, ...layerParameters(spec).map(({ name }): [string, string] => [name, name])]);
}

/** Weight and assignment logits [groups, in] and [groups, out] of a penalty case. */
export function penaltyProblem({ weightShape, groups, alphaScale }: PenaltyCase) {
  const [inputs, outputs] = [weightShape.at(-2)!, weightShape.at(-1)!];
  return {
    weight: fill(weightShape, 0.1, 0.3),
    inputLogits: fill([groups, inputs], 0.2, alphaScale),
    outputLogits: fill([groups, outputs], 0.3, alphaScale),
  };
}

/** Rounds to float32, for engines that compute in it. */
export function toHostTensors(tensors: ReadonlyMap<string, Filled>): NamedTensors {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]));
}

function fillParameter({ name, role, shape }: ParameterSpec): Filled {
  switch (role) {
    case "kernel":
    case "weights":
      return fill(shape, seedOf(name), 1 / Math.sqrt(sizeOf(shape.slice(0, -1))));
    case "logits":
      return fill(shape, seedOf(name), 0.7);
    case "gamma":
      return { shape, data: new Float64Array(sizeOf(shape)).fill(1) };
    case "beta":
    case "biases":
      return { shape, data: new Float64Array(sizeOf(shape)) };
    default:
      return role satisfies never;
  }
}
