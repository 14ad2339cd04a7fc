import { CheckpointError } from "../base/errors";
import { type HostTensor, type NamedTensors, sizeOf, tensorNamed } from "../base/tensor";
import { type BundleConfig, parseBundleConfig, unfit } from "../export/bundle-config";
import { readPortable } from "../export/portable-import";
import { decodeSafetensors } from "../export/safetensors";
import { groupingSpec, unblockedSplitSpec } from "../model/build";
import { groupedSpaces, weightedLayers } from "../model/lookup";
import { layerParameters, logitsName } from "../model/parameters";
import type { RunRecord } from "../model/run";
import type { ModelSpec, Space } from "../model/spec";
import { joinBlocks } from "../splitnet/join";
import type { Partitions } from "../splitnet/partition";
import type { Cut } from "../splitnet/pipeline";
import { planSplit } from "../splitnet/plan";
import { splitTree } from "../splitnet/savings";
import type { RunStore } from "../storage/stores";
import { startingFrom } from "../train/state";
import { checkpointName, encodeCheckpoint } from "./checkpoint";
import type { BundleFiles } from "./chosen-files";
import { groupTraining } from "./networks";
import { decodePlan, encodePlan, PLAN_FILE } from "./plan-file";
import { newRecord } from "./runs";
import { finishedStage2 } from "./weights-import";
import { writeRun } from "./written-run";

/**
 * A run out of a bundle that lacks its run: both stages finished, momentum at rest, not evaluated, no curves. The unsplit network is the split one joined
 * again, which computes the same; what it was before the split is not in the bundle. Throws CheckpointError where the files do not fit
 * together or the network is in post-activation order; then nothing is stored.
 */
export async function importBundle(
  { runs, now }: { readonly runs: RunStore; readonly now: () => number },
  files: BundleFiles,
): Promise<RunRecord> {
  const found = parseBundleConfig(files.config);
  const { config, datasetId, datasetSource, classes, superclasses, superclassOf } = found;
  if (config.blockOrder === "post-activation") throw notJoinable();
  const planned = plannedCut(found);
  const tensors = readPortable(files.weights, planned.plan);
  const joined = joinBlocks(planned.dense, planned.plan, tensors);
  const parameters = new Map([...joined.parameters, ...learnedLogits(planned, files.assignments)]);
  const origin = { config, datasetId, datasetSource, classes, superclasses, superclassOf };
  const record: RunRecord = {
    ...(await newRecord(runs, origin, now())),
    phase: "finetuned",
    checkpointStep: config.finetune.steps,
    importedFrom: { format: "bundle", parts: null },
  };
  const grouped = { ...startingFrom(parameters, joined.statistics), step: config.group.steps };
  return writeRun(
    runs,
    record,
    [],
    [
      [checkpointName("group"), encodeCheckpoint({ state: grouped, best: null }, { ...groupTraining(record), run: record })],
      [PLAN_FILE, encodePlan(planned.partitions)],
      [checkpointName("finetune"), finishedStage2(record, { ...planned, sliced: tensors }, tensors)],
    ],
  );
}

/** The plan that `channels` tell, which has to be that of the network and the class order beside it. */
function plannedCut({ config, classes, channels, classOrder, network }: BundleConfig): Omit<Cut, "sliced"> {
  const dense = groupingSpec(config, classes.length);
  checkSize(dense);
  const partitions = fittingPartitions(channels, dense);
  const plan = planSplit(unblockedSplitSpec(config, classes.length), partitions);
  if (plan.spec.name !== network) throw unfit(`architecture.name is "${network}", its training makes "${plan.spec.name}"`);
  for (const { space, order } of plan.spaces) {
    const told = channels.find((candidate) => candidate.space === space)?.order;
    if (told?.join() !== order.join()) throw unfit(`channels: those of ${space} are not in order within their groups`);
  }
  if (plan.classOrder.join() !== classOrder.join()) throw unfit("classOrder is not that of the classes' groups");
  return { dense, partitions, plan, tree: splitTree(dense, plan) };
}

/** Far above any network that is trained here: one of many groups is small when split, and could fill all memory when joined. */
const MOST_WEIGHTS = 2 ** 28;
const MOST_BLOCKS = 10_000;

function checkSize(dense: ModelSpec): void {
  const weights = layerParameters(dense).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const blocks = weightedLayers(dense).reduce((sum, { groups }) => sum + groups, 0);
  if (weights <= MOST_WEIGHTS && blocks <= MOST_BLOCKS) return;
  throw unfit(
    `training: a network of ${weights} weights in ${blocks} blocks; at most ${MOST_WEIGHTS} in ${MOST_BLOCKS} are joined`,
  );
}

/** Groups of every member, checked as those of a stored plan are. */
function fittingPartitions(channels: BundleConfig["channels"], dense: ModelSpec): Partitions {
  const told = new Map(
    channels.map(({ space, sizes, order }) => [space, { groups: sizes.length, groupOf: groupOf(space, sizes, order) }]),
  );
  if (told.size !== channels.length) throw unfit("channels name a space twice");
  try {
    return decodePlan(encodePlan(told), dense);
  } catch (error) {
    if (error instanceof CheckpointError)
      throw unfit(error.message.replace(`${PLAN_FILE} does not belong to this run: `, "channels: "));
    throw error;
  }
}

function groupOf(space: string, sizes: readonly number[], order: readonly number[]): readonly number[] {
  if (new Set(order).size !== order.length || order.some((channel) => channel >= order.length)) {
    throw unfit(`channels: the order of ${space} is no permutation`);
  }
  const groups = new Array<number>(order.length).fill(0);
  let place = 0;
  sizes.forEach((size, group) => {
    for (const end = Math.min(place + size, order.length); place < end; place++) groups[order[place]!] = group;
  });
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== order.length) throw unfit(`channels: the groups of ${space} have ${total} members, its order ${order.length}`);
  return groups;
}

/** Logits whose softmax is what was learned; without assignments that of the groups, nearly hard. */
function learnedLogits({ dense, partitions }: Omit<Cut, "sliced">, file: Uint8Array | null): NamedTensors {
  const shares = file === null ? null : decodeSafetensors(file, (name) => name.endsWith(".groups")).tensors;
  const spaces = groupedSpaces(dense);
  const known = new Set(spaces.map(({ name }) => shareName(name)));
  const other = [...(shares?.keys() ?? [])].find((name) => !known.has(name));
  if (other !== undefined) throw foreignShares(`${other} is none of this network`);
  return new Map(
    spaces.map((space): [string, HostTensor] => {
      const data = shares === null ? hardLogits(space, partitions) : logitsOf(space, shares);
      return [logitsName(space.name), { shape: [space.groups, space.size], data }];
    }),
  );
}

const shareName = (space: string): string => `${space.replaceAll("/", ".")}.shares`;
/** Of a share that is 0 in single precision. */
const SMALLEST_SHARE = 2 ** -149;

function logitsOf({ name, groups, size }: Space, shares: NamedTensors): Float32Array {
  const key = shareName(name);
  if (!shares.has(key)) throw foreignShares(`${key}: missing`);
  const { shape, data } = tensorNamed(shares, key);
  if (shape.join() !== [groups, size].join()) {
    throw foreignShares(`${key}: expected shape [${groups}, ${size}], found [${shape.join(", ")}]`);
  }
  if (!data.every((share) => share >= 0 && share <= 1)) throw foreignShares(`${key}: a share is not within 0 and 1`);
  return data.map((share) => Math.log(Math.max(share, SMALLEST_SHARE)));
}

/** Gives the own group all but e^-10 of the share. */
const HARD_LOGIT = 10;

function hardLogits({ name, groups, size }: Space, partitions: Partitions): Float32Array {
  const groupOfMember = partitions.get(name)?.groupOf;
  return Float32Array.from({ length: groups * size }, (_, place) =>
    groupOfMember?.[place % size] === Math.floor(place / size) ? HARD_LOGIT : 0,
  );
}

function foreignShares(message: string): CheckpointError {
  return new CheckpointError(
    `assignments.safetensors: ${message}`,
    "Take it of the same export as model.safetensors, or leave it out.",
  );
}

function notJoinable(): CheckpointError {
  return new CheckpointError(
    "the bundle has no run/ folder, and its network is in post-activation order: stage 1, whose batch norms stand elsewhere, cannot be made of it",
    "Load a bundle with its run/ folder; or open the run that it was exported from, and load model.safetensors alone.",
  );
}
