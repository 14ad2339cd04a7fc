import { z } from "zod";
import { type FolderHandle, isFolderHandle } from "../base/folder-handle";
import { configSchema } from "../model/config";
import { CHECKPOINT_COPIES, COMPARABLE_METRICS, LONGEST_NAME, LONGEST_NOTES, MOST_COMPARED, MOST_DRAWN } from "../model/run";
import { WEIGHT_VARIANTS } from "../model/weight-variant";
import { RANKINGS } from "../splitnet/certainty";
import { PROTOCOL_VERSION } from "./events";
import { queueCommandSchemas } from "./queue";

/** Parts of a data set: the archive's training images are those trained on and those that validate. */
export const PARTS = ["train", "validation", "test"] as const;
export const EXAMPLE_ORDERS = ["index", "class", "brightness"] as const;

const exampleChoiceSchema = z.strictObject({
  part: z.enum(PARTS),
  /** Null for all. */
  superclass: z.int().min(0).nullable(),
  label: z.int().min(0).nullable(),
  order: z.enum(EXAMPLE_ORDERS),
});
/** Which images to look at. */
export type ExampleChoice = Readonly<z.infer<typeof exampleChoiceSchema>>;

/** Images to try that are longer are refused unread. */
export const LARGEST_IMAGE_BYTES = 64 * 2 ** 20;

/** Requests of the page. A request promises nothing: what happened is told by events. */
export const commandSchema = z.discriminatedUnion("kind", [
  /** Asks for device, data set, runs, and one of them: that of the id, else the one last worked on. */
  z.strictObject({ kind: z.literal("open"), runId: z.string().max(100).optional() }),
  /** One archive, or loose train.bin, test.bin and label files. */
  z.strictObject({
    kind: z.literal("importData"),
    files: z.array(z.instanceof(Blob)).min(1).max(16),
    names: z.array(z.string().max(1000)).min(1).max(16),
  }),
  z.strictObject({ kind: z.literal("useSampleData") }),
  /** Takes the data set out of sight; it stays stored until it is freed, or replaced by another one. */
  z.strictObject({ kind: z.literal("removeData") }),
  z.strictObject({ kind: z.literal("restoreData") }),
  z.strictObject({ kind: z.literal("freeData") }),
  /** Up to `count` training images of a class, or a mixture of all classes for null. */
  z.strictObject({ kind: z.literal("loadImages"), label: z.int().min(0).nullable(), count: z.int().min(1).max(400) }),
  /** The first training image of every class. */
  z.strictObject({ kind: z.literal("loadClassImages") }),
  /** Images of one part of the data, narrowed and sorted, from the `offset`th on. */
  z.strictObject({
    kind: z.literal("loadExamples"),
    choice: exampleChoiceSchema,
    offset: z.int().min(0),
    count: z.int().min(1).max(200),
  }),
  /** An image as the network sees it: evaluated, and in training in some epochs from `firstEpoch` on. */
  z.strictObject({
    kind: z.literal("previewImage"),
    part: z.enum(PARTS),
    /** Within the training images of the archive, or within its test images. */
    index: z.int().min(0),
    config: configSchema,
    stage: z.enum(["group", "finetune"]),
    firstEpoch: z.int().min(0).max(1_000_000),
    epochs: z.int().min(1).max(32),
  }),
  /** Up to `count` test images of one class that a network of the run takes for one class. */
  z.strictObject({
    kind: z.literal("loadConfused"),
    runId: z.string().max(100),
    network: z.enum(["unsplit", "split"]),
    truth: z.int().min(0),
    predicted: z.int().min(0),
    count: z.int().min(1).max(400),
  }),
  /** One layer's weights as a picture and as histograms, from a stage's last checkpoint. */
  z.strictObject({
    kind: z.literal("loadLayer"),
    runId: z.string().max(100),
    stage: z.enum(["group", "finetune"]),
    layer: z.string().max(100),
  }),
  /** Up to `count` test images of a run's network that it is surest of and wrong, or least sure of and right; of one class, or of all for null. */
  z.strictObject({
    kind: z.literal("loadRanked"),
    runId: z.string().max(100),
    network: z.enum(["unsplit", "split"]),
    ranking: z.enum(RANKINGS),
    label: z.int().min(0).nullable(),
    count: z.int().min(1).max(400),
  }),
  /** Runs the networks of a run on one image: a file that somebody chose, or a test image by its place. */
  z.strictObject({
    kind: z.literal("tryImage"),
    runId: z.string().max(100),
    image: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("file"), file: z.instanceof(Blob), name: z.string().max(1000) }),
      z.strictObject({ kind: z.literal("test"), index: z.int().min(0) }),
    ]),
  }),
  /** Times the run's networks: unsplit, split, and split with a device for every part. */
  z.strictObject({ kind: z.literal("timeBranches"), runId: z.string().max(100) }),
  /** Looks for a device once more. */
  z.strictObject({ kind: z.literal("findDevice") }),
  /** Asks how engine, device and storage are doing at this moment. */
  z.strictObject({ kind: z.literal("readHealth") }),
  /** Times some steps of both stages of a configuration, on noise. */
  z.strictObject({ kind: z.literal("probe"), config: configSchema }),
  /** Creates a run and trains stage 1; `through`: then splits, fine-tunes and evaluates it as well. */
  z.strictObject({ kind: z.literal("group"), config: configSchema, through: z.boolean().optional() }),
  /** The whole job on the stored data, or on sample data where none is stored: never in place of somebody's own. */
  z.strictObject({ kind: z.literal("demonstrate"), config: configSchema }),
  /** Discretises, plans, slices and fine-tunes the run; `emptyGroups`, where given, replaces the run's own rule for this split. */
  z.strictObject({
    kind: z.literal("split"),
    runId: z.string().max(100),
    emptyGroups: configSchema.shape.emptyGroups.optional(),
  }),
  z.strictObject({ kind: z.literal("evaluate"), runId: z.string().max(100) }),
  /** The bundle, with smaller forms of the weights; or only some classes, in the order of their logits, null for all; run in other programs first. */
  z.strictObject({
    kind: z.literal("export"),
    runId: z.string().max(100),
    variants: z.array(z.enum(WEIGHT_VARIANTS)).max(WEIGHT_VARIANTS.length).optional(),
    classes: z.array(z.int().min(0)).min(1).max(256).nullable().optional(),
    verify: z.boolean().optional(),
  }),
  /** Runs an exported bundle in other programs. */
  z.strictObject({ kind: z.literal("verifyExport"), runId: z.string().max(100), file: z.instanceof(Blob) }),
  z.strictObject({ kind: z.literal("pause") }),
  /** Continues the paused run, or an interrupted one from its last checkpoint. */
  z.strictObject({ kind: z.literal("resume"), runId: z.string().max(100) }),
  /** Writes a checkpoint, then ends the stage; the run can be resumed. */
  z.strictObject({ kind: z.literal("stop") }),
  /** The same at the end of the epoch under way, or no longer. */
  z.strictObject({ kind: z.literal("stopAfterEpoch"), wanted: z.boolean() }),
  z.strictObject({ kind: z.literal("checkpoint") }),
  z.strictObject({ kind: z.literal("openRun"), runId: z.string().max(100) }),
  /** What some runs came to. An answer may leave some for the next request, so that none takes long. */
  z.strictObject({ kind: z.literal("summarizeRuns"), runIds: z.array(z.string().max(100)).min(1).max(MOST_COMPARED) }),
  /** One metric of a stage of some runs; `kept` are those of which the page has it and keeps it. */
  z.strictObject({
    kind: z.literal("loadLines"),
    runIds: z.array(z.string().max(100)).min(1).max(MOST_DRAWN),
    kept: z.array(z.string().max(100)).max(MOST_DRAWN),
    stage: z.enum(["group", "finetune"]),
    metric: z.enum(COMPARABLE_METRICS),
  }),
  z.strictObject({
    kind: z.literal("describeRun"),
    runId: z.string().max(100),
    name: z.string().max(LONGEST_NAME),
    notes: z.string().max(LONGEST_NOTES),
  }),
  /** The run with its checkpoints as one file. */
  z.strictObject({ kind: z.literal("saveRun"), runId: z.string().max(100) }),
  /** Every metric of the run as one file. */
  z.strictObject({ kind: z.literal("saveMetrics"), runId: z.string().max(100), format: z.enum(["csv", "json"]) }),
  /** Takes up what was saved or exported here or elsewhere; weights alone are those of the run of the id, an unsplit network is of the configuration. */
  z.strictObject({
    kind: z.literal("loadRun"),
    files: z.array(z.instanceof(Blob)).min(1).max(512),
    names: z.array(z.string().max(1000)).min(1).max(512),
    runId: z.string().max(100).nullable(),
    config: configSchema.nullable(),
  }),
  /** Asks for the checkpoints of a run. */
  z.strictObject({ kind: z.literal("listCheckpoints"), runId: z.string().max(100) }),
  /** Begins a run of its own with one of them; null: with the run's own configuration. */
  z.strictObject({
    kind: z.literal("forkRun"),
    runId: z.string().max(100),
    stage: z.enum(["group", "finetune"]),
    copy: z.enum(CHECKPOINT_COPIES),
    config: configSchema.nullable(),
  }),
  /** Takes the run out of the list; it stays stored until it is freed. */
  z.strictObject({ kind: z.literal("removeRun"), runId: z.string().max(100) }),
  z.strictObject({ kind: z.literal("restoreRun"), runId: z.string().max(100) }),
  z.strictObject({ kind: z.literal("freeRun"), runId: z.string().max(100) }),
  /** Copies every run into a folder from now on; again once the person has allowed it anew. */
  z.strictObject({ kind: z.literal("mirror"), folder: z.custom<FolderHandle>(isFolderHandle, "not a folder") }),
  z.strictObject({ kind: z.literal("stopMirror") }),
  ...queueCommandSchemas,
  /** Works the queue off, from the run that it was in; a stop of that run pauses it. */
  z.strictObject({ kind: z.literal("startQueue") }),
]);
export type Command = z.infer<typeof commandSchema>;

/** What travels from page to worker; `id` comes back in `requestFailed`. */
export const commandMessageSchema = z.strictObject({
  version: z.literal(PROTOCOL_VERSION),
  id: z.int().min(0),
  command: commandSchema,
});
export type CommandMessage = z.infer<typeof commandMessageSchema>;
