import { text } from "../text";

export interface FieldGroup {
  readonly name: string;
  readonly title: string;
  readonly paths: readonly FieldPath[];
  /** Fields whose values stand in the folded line. */
  readonly gist: readonly GistPath[];
}

type GistPath =
  | "model.depth"
  | "model.widen"
  | "grouping"
  | "group.steps"
  | "group.batchSize"
  | "finetune.steps"
  | "finetune.batchSize";

/** Paths of the configuration schema, which also holds the limits. */
export type FieldPath = keyof typeof text.configuration.fields;

const { network, stage1, stage2 } = text.configuration;

/** The fields people change most; everything else stands in the JSON. */
export const FIELD_GROUPS: readonly FieldGroup[] = [
  {
    name: "network",
    title: network,
    paths: ["model.depth", "model.widen", "grouping", "seed", "blockOrder", "emptyGroups", "precision"],
    gist: ["model.depth", "model.widen", "grouping"],
  },
  {
    name: "stage-one",
    title: stage1,
    paths: [
      "group.steps",
      "group.batchSize",
      "group.learningRate",
      "group.assignmentRateFactor",
      "group.warmupSteps",
      "group.assignmentStart",
      "group.penalties.overlap",
      "group.penalties.weightSplit",
      "group.penalties.uniform",
      "group.dropoutKeep",
    ],
    gist: ["group.steps", "group.batchSize"],
  },
  {
    name: "stage-two",
    title: stage2,
    paths: ["finetune.steps", "finetune.batchSize", "finetune.learningRate", "finetune.weightDecay"],
    gist: ["finetune.steps", "finetune.batchSize"],
  },
];

/** Choices of the fields that have a few named values. */
export function choicesOf(path: FieldPath): Readonly<Record<string, string>> | null {
  const field = text.configuration.fields[path];
  return "choices" in field ? field.choices : null;
}

/** The limits in words. */
export function hintOf(path: FieldPath): string | undefined {
  const field = text.configuration.fields[path];
  return "hint" in field ? field.hint : undefined;
}
