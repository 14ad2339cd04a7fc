import { z } from "zod";
import { CheckpointError } from "../base/errors";
import type { HostTensor, NamedTensors } from "../base/tensor";
import { decodeSafetensors, encodeSafetensors } from "../export/safetensors";
import type { Config } from "../model/config";
import { initialStatistics } from "../model/initial";
import { assignmentParameters, layerParameters } from "../model/parameters";
import type { TrainingStage } from "../model/run";
import type { ModelSpec } from "../model/spec";
import type { TrainState } from "../train/state";
import { configFingerprint } from "./fingerprint";

/** What a checkpoint must belong to: a state of anything else would train on without a sign of it. */
export interface CheckpointOwner {
  readonly stage: TrainingStage;
  readonly spec: ModelSpec;
  readonly config: Config;
  readonly datasetId: string;
}

const FORMAT = "splitnet-checkpoint";
const VERSION = "1";
/** The three parts of a state and the prefixes of their tensors in the file. */
const PARTS = ["parameters", "momentum", "statistics"] as const;

const metadataSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  stage: z.enum(["group", "finetune"]),
  step: z.string().regex(/^\d{1,15}$/),
  network: z.string(),
  config: z.string(),
  dataset: z.string(),
});
type Metadata = z.infer<typeof metadataSchema>;

/** Name of a stage's checkpoint among the files of its run. */
export function checkpointName(stage: TrainingStage): string {
  return `${stage}.safetensors`;
}

/** Name of the checkpoint of a stage's best validation. */
export function bestCheckpointName(stage: TrainingStage): string {
  return `${stage}-best.safetensors`;
}

/** A state as a safetensors file: tensors `parameters/...`, `momentum/...`, `statistics/...`, and whose they are as metadata. */
export function encodeCheckpoint(state: TrainState, owner: CheckpointOwner): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, HostTensor>();
  for (const part of PARTS) for (const [name, tensor] of state[part]) tensors.set(`${part}/${name}`, tensor);
  return encodeSafetensors(tensors, { ...identityOf(owner), step: String(state.step) });
}

/** Reads a state back; throws CheckpointError unless it is whole and belongs to `owner`. */
export function decodeCheckpoint(bytes: Uint8Array, owner: CheckpointOwner): TrainState {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
    throw foreign(`the file is not a checkpoint of this version of the studio (${fields})`);
  }
  checkIdentity(parsed.data, owner);
  const shapes = expectedShapes(owner.spec);
  checkTensors(tensors, shapes);
  const [parameters, momentum, statistics] = PARTS.map((part) => partOf(tensors, shapes, `${part}/`));
  return { step: Number(parsed.data.step), parameters: parameters!, momentum: momentum!, statistics: statistics! };
}

function identityOf(owner: CheckpointOwner): Omit<Metadata, "step"> {
  return {
    format: FORMAT,
    version: VERSION,
    stage: owner.stage,
    network: owner.spec.name,
    config: configFingerprint(owner.config),
    dataset: owner.datasetId,
  };
}

function checkIdentity(found: Metadata, owner: CheckpointOwner): void {
  const expected = identityOf(owner);
  if (found.stage !== expected.stage) throw foreign(`it is of stage ${found.stage}, this is stage ${expected.stage}`);
  if (found.network !== expected.network) throw foreign(`it is of ${found.network}, this is ${expected.network}`);
  if (found.config !== expected.config) throw foreign("it was trained with another configuration");
  if (found.dataset !== expected.dataset) throw foreign("it was trained on another data set");
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
