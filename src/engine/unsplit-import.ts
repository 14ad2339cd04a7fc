import { CheckpointError, ConfigError } from "../base/errors";
import type { HostTensor, NamedTensors } from "../base/tensor";
import { decodeSafetensors } from "../export/safetensors";
import { groupedSpaces } from "../model/lookup";
import { layerParameters, logitsName } from "../model/parameters";
import type { RunOrigin, RunRecord } from "../model/run";
import type { ModelSpec, Space } from "../model/spec";
import type { RunStore } from "../storage/stores";
import { groupStart, startingFrom } from "../train/state";
import { checkpointName, encodeCheckpoint } from "./checkpoint";
import { groupTraining } from "./networks";
import { newRecord } from "./runs";
import { writeRun } from "./written-run";

/** What optimisers of TensorFlow keep beside the weights, and the counter of their steps. */
const PASSED_OVER = /(^|\/)(Momentum|global_step)$/;

/** Whether these are names of an unsplit network, with folders; exports have dots. */
export function isUnsplit(names: Iterable<string>): boolean {
  return [...names].some((name) => name.includes("/") && !PASSED_OVER.test(name));
}

/** Whether a tensor is passed over, whatever its type. */
export function isPassedOver(name: string): boolean {
  return PASSED_OVER.test(name);
}

/**
 * Begins a run with the weights and statistics of an unsplit network, under the names of the published code or ours (docs/names.md). With the logits of its
 * groups stage 1 is done, and the run can be split; without, stage 1 begins with these weights and learns them. Throws CheckpointError where the
 * tensors are not those of the configuration's network, ConfigError where both give groups; then nothing is stored.
 */
export async function importUnsplit(
  { runs, now }: { readonly runs: RunStore; readonly now: () => number },
  bytes: Uint8Array,
  origin: RunOrigin,
): Promise<RunRecord> {
  const { tensors } = decodeSafetensors(bytes, isPassedOver);
  const { config } = origin;
  const begun = await newRecord(runs, origin, now());
  const training = groupTraining(begun);
  const { spec } = training;
  const fresh = groupStart(spec, config);
  const logits = givenLogits(spec, tensors);
  if (logits !== null && config.fixedGroups !== null) {
    throw new ConfigError(
      "fixedGroups: the file brings groups of its own",
      "Leave them out of the configuration, or the assignment logits out of the file.",
    );
  }
  const weights = layerParameters(spec).map(({ name, shape }) => [name, tensorOf(tensors, name, shape)] as const);
  const statistics = new Map([...fresh.statistics].map(([name, { shape }]) => [name, tensorOf(tensors, name, shape)]));
  checkOthers(spec, tensors, [...weights.map(([name]) => name), ...statistics.keys()]);
  const given = new Map([...weights, ...(logits ?? [])]);
  const parameters = new Map([...fresh.parameters].map(([name, tensor]) => [name, given.get(name) ?? tensor]));
  const step = logits === null ? 0 : config.group.steps;
  const record: RunRecord = {
    ...begun,
    phase: logits === null ? "grouping" : "grouped",
    checkpointStep: step,
    importedFrom: { format: "unsplit", parts: null },
  };
  const state = { ...startingFrom(parameters, statistics), step };
  return writeRun(
    runs,
    record,
    [],
    [[checkpointName("group"), encodeCheckpoint({ state, best: null }, { ...training, run: record })]],
  );
}

/** By our names; null where there are none. All of them or none have to be there. */
function givenLogits(spec: ModelSpec, tensors: NamedTensors): NamedTensors | null {
  const spaces = groupedSpaces(spec);
  if (!spaces.some((space) => nameOfLogits(space, tensors) !== null)) return null;
  return new Map(
    spaces.map((space) => {
      const name = nameOfLogits(space, tensors) ?? logitsName(space.name);
      return [logitsName(space.name), tensorOf(tensors, name, [space.groups, space.size])];
    }),
  );
}

function nameOfLogits({ name, publishedName }: Space, tensors: NamedTensors): string | null {
  const names = [logitsName(name), ...(publishedName === null ? [] : [publishedName])];
  return names.find((candidate) => tensors.has(candidate)) ?? null;
}

function tensorOf(tensors: NamedTensors, name: string, shape: readonly number[]): HostTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw foreign(`${name}: missing`);
  if (tensor.shape.join() !== shape.join()) {
    throw foreign(`${name}: expected shape [${shape.join(", ")}], found [${tensor.shape.join(", ")}]`);
  }
  const broken = tensor.data.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) throw foreign(`${name}: value ${broken} is ${tensor.data[broken]}`);
  return tensor;
}

function checkOthers(spec: ModelSpec, tensors: NamedTensors, weights: readonly string[]): void {
  const known = new Set([...weights, ...groupedSpaces(spec).map((space) => nameOfLogits(space, tensors))]);
  const other = [...tensors.keys()].find((name) => !known.has(name));
  if (other !== undefined) throw foreign(`${other}: no tensor of ${spec.name}, or there twice under two names`);
}

function foreign(message: string): CheckpointError {
  return new CheckpointError(
    `the weights are not those of the form's network: ${message}`,
    "Set depth, width and grouping in the form (or with --preset and --config) to those of the network that the file holds.",
  );
}
