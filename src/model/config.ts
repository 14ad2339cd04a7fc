import { z } from "zod";
import { ConfigError } from "../base/errors";
import { describeProblems, parseSafely } from "../base/problems";
import { holdsMoreThan } from "../base/value-size";
import { FIDELITIES } from "./fidelity";
import { fixedGroupsProblem, fixedGroupsSchema } from "./fixed-groups";
import { parseGrouping } from "./grouping";

/**
 * The one configuration schema, for page, command line and files.
 * Field names are the field's standard terms; units are in the names (steps, images).
 */

const count = (what: string) => z.int(`${what} is a whole number`).min(1, `${what} is at least 1`);
const rate = z.number().positive("a learning rate is above 0").max(100);

const stageSchema = z.strictObject({
  /** Images a step. */
  batchSize: count("batchSize").max(4096),
  /** Optimiser steps of the stage. */
  steps: count("steps").max(100_000_000),
  learningRate: rate,
  /** From each of these steps on the learning rate is multiplied by the factor. */
  learningRateDrops: z.array(z.strictObject({ step: count("step"), factor: z.number().positive().max(1) })),
  /** Heavy-ball momentum, not Nesterov. */
  momentum: z.number().min(0).lt(1),
  /** Times one half of the squared norm of kernels and weights. */
  weightDecay: z.number().min(0).max(1),
  /** Probability of keeping an element in the grouped layers; 1 = no dropout. */
  dropoutKeep: z.number().gt(0).max(1),
  /** Whether gamma of the units' batch norms is trained. */
  trainBatchNormScale: z.boolean(),
  /** Steps between two passes over the validation images. */
  validateEverySteps: count("validateEverySteps"),
  /** Steps between two checkpoints. */
  checkpointEverySteps: count("checkpointEverySteps"),
});

const groupSchema = z.strictObject({
  ...stageSchema.shape,
  /** Factors of the three penalties; the published code calls them gamma1, gamma2, gamma3 in this order. */
  penalties: z.strictObject({
    overlap: z.number().min(0),
    weightSplit: z.number().min(0),
    uniform: z.number().min(0),
  }),
  /** Weights every layer's split penalty by its own (gradient-stopped) value: the worst-split layers get the most push. */
  weightedSplit: z.boolean(),
  /** Multiplies the learning rate of the assignment logits: 1 as published, about 10 for short recipes. */
  assignmentRateFactor: z.number().positive().max(10_000),
  /** Steps at the beginning with cross-entropy and weight decay alone and assignments frozen; the penalties set in after them. */
  warmupSteps: z.int("warmupSteps is a whole number").min(0).max(100_000_000).default(0),
  /** What assignments lean to when the penalties set in: nothing but their first noise, or the groups that the network's own confusions suggest. */
  assignmentStart: z.enum(["random", "confusion"]).default("random"),
  /** Training images whose predictions the confusion start looks at, about as many of each class. */
  confusionImages: count("confusionImages").max(1_000_000).default(400),
  /** What the confusion start adds to the logit of a member's group. */
  startBias: z.number().min(0).max(100).default(0.5),
});

export const configSchema = z
  .strictObject({
    preset: z.string().max(60),
    /** Seeds every named random stream. */
    seed: z.int().min(0).max(0xffffffff),
    fidelity: z.enum(FIDELITIES),
    /** How training stores activations and their gradients; everything else is float32 (docs/design/half-precision.md). */
    precision: z.enum(["f32", "f16"]).default("f32"),
    model: z.strictObject({
      /** 6n + 4 weighted layers. */
      depth: z
        .int()
        .min(10)
        .max(1000)
        .refine((depth) => depth % 6 === 4, "a wide residual network has 6n + 4 layers: 10, 16, 22, 28, 40, ..."),
      /** Width factor k. */
      widen: count("widen").max(64),
    }),
    /** Groups of stage 2, stage 3 and the classes. */
    grouping: z.string().refine(isGrouping, { error: (issue) => groupingProblem(String(issue.input)) }),
    /** Groups to start with and to keep, of a control run; null: stage 1 learns them. */
    fixedGroups: fixedGroupsSchema.nullable().default(null),
    /** pre-activation: splitting keeps the function; post-activation: the published code's second stage. */
    blockOrder: z.enum(["pre-activation", "post-activation"]),
    /** What to do with a group that gets no member: stop with an error, or give it the nearest members. */
    emptyGroups: z.enum(["fail", "assign-nearest"]),
    group: groupSchema,
    finetune: stageSchema,
    evaluation: z.strictObject({ batchSize: count("batchSize").max(4096) }),
  })
  .check((context) => checkGroups(context))
  .check((context) => checkWarmup(context));

/** A validated configuration: everything a run depends on but the data. */
export type Config = Readonly<z.infer<typeof configSchema>>;
export type StageConfig = Config["finetune"];

/** Values in a configuration: some 50, three for each learning rate drop, and of given groups one for each class and channel group. */
const LARGEST_CONFIG = 20_000;
const CURE = "Correct the named fields; `splitnet model --preset NAME --json` prints a complete configuration to start from.";

/** Parses untrusted JSON; throws ConfigError that names the fields at fault. */
export function parseConfig(value: unknown): Config {
  if (holdsMoreThan(value, LARGEST_CONFIG)) throw new ConfigError(`config: more than ${LARGEST_CONFIG} values`, CURE);
  const result = parseSafely(configSchema, value);
  if (result.success) return result.data;
  throw new ConfigError(describeProblems(result.error.issues, "config"), CURE);
}

function isGrouping(text: string): boolean {
  return groupingProblem(text) === "";
}

function groupingProblem(text: string): string {
  try {
    parseGrouping(text);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^grouping: /, "") : String(error);
  }
}

type Checked = z.core.ParsePayload<
  z.infer<
    z.ZodObject<{
      grouping: z.ZodString;
      model: z.ZodObject<{ depth: z.ZodInt; widen: z.ZodInt }>;
      fixedGroups: z.ZodNullable<typeof fixedGroupsSchema>;
    }>
  >
>;

function checkGroups(context: Checked): void {
  if (!isGrouping(context.value.grouping)) return;
  checkGroupCounts(context);
  if (context.issues.length === 0) checkFixedGroups(context);
}

/** More groups than channels (or than 1) can never be filled. */
function checkGroupCounts(context: Checked): void {
  const { grouping: text, model } = context.value;
  const grouping = parseGrouping(text);
  const limits = [
    ["stage 2", grouping.stage2, 16 * model.widen],
    ["stage 3", grouping.stage3, 32 * model.widen],
    ["the classes", grouping.classes, 64 * model.widen],
  ] as const;
  for (const [where, groups, channels] of limits) {
    if (groups <= channels) continue;
    const message = `${groups} groups for ${where}, but only ${channels} channels to divide`;
    context.issues.push({ code: "custom", input: text, path: ["grouping"], message });
  }
}

function checkFixedGroups(context: Checked): void {
  const { fixedGroups, model, grouping } = context.value;
  if (fixedGroups === null) return;
  const message = fixedGroupsProblem(fixedGroups, { model, grouping: parseGrouping(grouping) });
  if (message !== null) context.issues.push({ code: "custom", input: fixedGroups, path: ["fixedGroups"], message });
}

/** A network that has learned nothing confuses everything with everything, and one that only warms up never groups. */
function checkWarmup({ value, issues }: z.core.ParsePayload<z.infer<z.ZodObject<{ group: typeof groupSchema }>>>): void {
  const { warmupSteps, assignmentStart, steps } = value.group;
  const message =
    warmupSteps > 0 && warmupSteps >= steps
      ? `the penalties would set in after step ${warmupSteps}, and the stage ends after ${steps}`
      : assignmentStart === "confusion" && warmupSteps === 0
        ? "the confusion start needs a network that has learned something: warm up for some 150 steps"
        : null;
  if (message !== null) issues.push({ code: "custom", input: warmupSteps, path: ["group", "warmupSteps"], message });
}
