import { z } from "zod";
import { CheckpointError } from "../base/errors";
import { type Migration, migrated } from "../base/migrations";
import type { HostTensor, NamedTensors } from "../base/tensor";
import { decodeSafetensors, encodeSafetensors } from "../export/safetensors";
import { configFingerprint } from "../model/fingerprint";
import { initialStatistics } from "../model/initial";
import { assignmentParameters, layerParameters } from "../model/parameters";
import type { RunOrigin, TrainingStage } from "../model/run";
import type { ModelSpec } from "../model/spec";
import { parseRunOrigin } from "../storage/run-record";
import type { TrainState } from "../train/state";
import type { BestValidation } from "./best-validation";

/** What a checkpoint must belong to: a state of anything else would train on without a sign of it. */
export interface CheckpointOwner {
  readonly stage: TrainingStage;
  readonly spec: ModelSpec;
  readonly run: RunOrigin;
  /** Fingerprint of the plan that the network was split by, in stage 2. */
  readonly plan?: string;
}

/** A checkpoint as read. */
export interface Checkpoint {
  readonly state: TrainState;
  /** The stage's best validation up to then; null where there was none, or version 1 did not tell. */
  readonly best: BestValidation | null;
}

const FORMAT = "splitnet-checkpoint";
/** The three parts of a state and the prefixes of their tensors in the file. */
const PARTS = ["parameters", "momentum", "statistics"] as const;
/** Version 1 told neither the best validation nor the plan nor what the run began with. */
const MIGRATIONS: readonly Migration<Readonly<Record<string, string>>>[] = [
  (first) => ({ ...first, version: "2", plan: "", best: "null", origin: "null" }),
];

const metadataSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(String(MIGRATIONS.length + 1)),
  stage: z.enum(["group", "finetune"]),
  step: z.string().regex(/^\d{1,15}$/),
  network: z.string(),
  /** Fingerprint. */
  config: z.string(),
  dataset: z.string(),
  /** Fingerprint; empty in stage 1, and where version 1 did not tell. */
  plan: z.string(),
  best: json(z.object({ step: z.int().min(0), top1: z.number().min(0).max(1) }).nullable()),
  origin: json(z.unknown()),
});
type Metadata = z.infer<typeof metadataSchema>;

function json<Value>(schema: z.ZodType<Value>) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue("it is not JSON");
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** Name of a stage's checkpoint among the files of its run. */
export function checkpointName(stage: TrainingStage): string {
  return `${stage}.safetensors`;
}

/** Name of the checkpoint of a stage's best validation. */
export function bestCheckpointName(stage: TrainingStage): string {
  return `${stage}-best.safetensors`;
}

/** A state as a safetensors file: tensors `parameters/...`, `momentum/...`, `statistics/...`, and whose they are as metadata. */
export function encodeCheckpoint({ state, best }: Checkpoint, owner: CheckpointOwner): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, HostTensor>();
  for (const part of PARTS) for (const [name, tensor] of state[part]) tensors.set(`${part}/${name}`, tensor);
  const { config, datasetId, datasetSource, classes, superclasses, superclassOf } = owner.run;
  const origin: RunOrigin = { config, datasetId, datasetSource, classes, superclasses, superclassOf };
  return encodeSafetensors(tensors, {
    format: FORMAT,
    version: String(MIGRATIONS.length + 1),
    ...identityOf(owner),
    step: String(state.step),
    best: JSON.stringify(best),
    origin: JSON.stringify(origin),
  });
}

/** Reads a checkpoint of any version back; throws CheckpointError unless it is whole and belongs to `owner`. */
export function decodeCheckpoint(bytes: Uint8Array, owner: CheckpointOwner): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const found = parseMetadata(metadata);
  checkIdentity(found, owner);
  const shapes = expectedShapes(owner.spec);
  checkTensors(tensors, shapes);
  const [parameters, momentum, statistics] = PARTS.map((part) => partOf(tensors, shapes, `${part}/`));
  const state = { step: Number(found.step), parameters: parameters!, momentum: momentum!, statistics: statistics! };
  return { state, best: found.best };
}

/** Whether a safetensors file of these metadata is a checkpoint, of any version. */
export function isCheckpointFile({ format }: Readonly<Record<string, string>>): boolean {
  return format === FORMAT;
}

/** What a checkpoint says of itself; `origin` and `best` are null in files of version 1. Throws CheckpointError or StorageError where it is none. */
export function checkpointHeader(bytes: Uint8Array): {
  readonly stage: TrainingStage;
  readonly step: number;
  readonly origin: RunOrigin | null;
  readonly best: BestValidation | null;
} {
  const { stage, step, best, origin } = parseMetadata(decodeSafetensors(bytes).metadata);
  return { stage, step: Number(step), best, origin: origin === null ? null : parseRunOrigin(origin, "the checkpoint") };
}

function parseMetadata(metadata: Readonly<Record<string, string>>): Metadata {
  const newest = migrated(metadata, Number(metadata.version), MIGRATIONS);
  const parsed = metadataSchema.safeParse(newest ?? metadata);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
  throw foreign(`the file is not a checkpoint of this version of the studio (${fields})`);
}

function identityOf({ stage, spec, run, plan = "" }: CheckpointOwner) {
  return { stage, network: spec.name, config: configFingerprint(run.config), dataset: run.datasetId, plan };
}

function checkIdentity(found: Metadata, owner: CheckpointOwner): void {
  const expected = identityOf(owner);
  if (found.stage !== expected.stage) throw foreign(`it is of stage ${found.stage}, this is stage ${expected.stage}`);
  if (found.network !== expected.network) throw foreign(`it is of ${found.network}, this is ${expected.network}`);
  if (found.config !== expected.config) throw foreign("it was trained with another configuration");
  if (found.dataset !== expected.dataset) throw foreign("it was trained on another data set");
  if (found.plan !== "" && found.plan !== expected.plan) throw foreign("its network was split by another plan");
}

/** Shapes by name in the file; momentum has those of the parameters. */
function expectedShapes(spec: ModelSpec): ReadonlyMap<string, readonly number[]> {
  const parameters = [...layerParameters(spec), ...assignmentParameters(spec)];
  const statistics = [...initialStatistics(spec)];
  return new Map([
    ...parameters.map(({ name, shape }) => [`parameters/${name}`, shape] as const),
    ...parameters.map(({ name, shape }) => [`momentum/${name}`, shape] as const),
    ...statistics.map(([name, { shape }]) => [`statistics/${name}`, shape] as const),
  ]);
}

function checkTensors(tensors: NamedTensors, shapes: ReadonlyMap<string, readonly number[]>): void {
  for (const name of tensors.keys()) if (!shapes.has(name)) throw foreign(`the network has no tensor ${name}`);
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw foreign(`it lacks the tensor ${name}`);
    if (tensor.shape.join() !== shape.join()) {
      throw foreign(`${name} has shape [${tensor.shape.join(", ")}], the network's is [${shape.join(", ")}]`);
    }
  }
}

/** Tensors of one part in the order of the network. */
function partOf(tensors: NamedTensors, shapes: ReadonlyMap<string, readonly number[]>, prefix: string): NamedTensors {
  const names = [...shapes.keys()].filter((name) => name.startsWith(prefix));
  return new Map(names.map((name) => [name.slice(prefix.length), tensors.get(name)!]));
}

function foreign(cause: string): CheckpointError {
  return new CheckpointError(`the checkpoint does not belong here: ${cause}`, "Remove this run and group again.");
}
