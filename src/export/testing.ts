import { integerOf, normals, randomStream } from "../base/random";
import { type HostTensor, type NamedTensors, sizeOf } from "../base/tensor";
import { parseGrouping } from "../model/grouping";
import { initialParameters, initialStatistics } from "../model/initial";
import { groupedSpaces } from "../model/lookup";
import { logitsName } from "../model/parameters";
import type { ModelSpec } from "../model/spec";
import { type BlockOrder, wideResnet } from "../model/wide-resnet";
import type { Partition, Partitions } from "../splitnet/partition";
import { identityOrder, planSplit } from "../splitnet/plan";
import type { SplitPlan } from "../splitnet/split-plan";
import type { ExportNetwork } from "./portable";

/** How a test network is made. */
export interface ExampleOptions {
  readonly grouping: string;
  readonly blockOrder: BlockOrder;
  readonly sizes: "even" | "uneven";
  readonly classes: number;
  readonly residualUnits?: number;
  readonly dropout?: boolean;
}

/** The dense network, its split and random tensors for the split network: no value is 0 or 1, as fresh batch norms would have. */
export interface Example {
  readonly dense: ModelSpec;
  readonly plan: SplitPlan;
  readonly network: ExportNetwork;
  /** Logits of which each member's largest is that of its group. */
  readonly assignments: NamedTensors;
}

export function exampleNetwork(options: ExampleOptions): Example {
  const { grouping, blockOrder, classes, residualUnits = 1, dropout = false } = options;
  const dense = wideResnet({
    residualUnits,
    widen: 1,
    classes,
    grouping: parseGrouping(grouping),
    blockOrder,
    dropout,
  });
  const partitions = partitionsOf(dense, options.sizes);
  const plan = planSplit(dense, partitions);
  const network = {
    name: "example",
    spec: plan.spec,
    parameters: perturbed(initialParameters(plan.spec, 5), 1),
    statistics: perturbed(initialStatistics(plan.spec), 2),
    classOrder: plan.classOrder,
  };
  return { dense, plan, network, assignments: logitsLike(partitions) };
}

/** The same network before the split, with tensors of its own. */
export function denseNetwork(dense: ModelSpec): ExportNetwork {
  const { size } = dense.spaces.find((space) => space.name === "classes")!;
  return {
    name: "dense example",
    spec: dense,
    parameters: perturbed(new Map([...initialParameters(dense, 5)].filter(([name]) => !name.startsWith("assignments/"))), 1),
    statistics: perturbed(initialStatistics(dense), 2),
    classOrder: identityOrder(size),
  };
}

/** Seeded partitions without empty groups: round robin, or drawn so that earlier groups are larger. */
function partitionsOf(spec: ModelSpec, sizes: "even" | "uneven"): Partitions {
  const stream = randomStream(11, "sample");
  const draw = (groups: number, member: number, space: number): number => {
    const [first, second] = stream.words(member, space);
    return Math.min(integerOf(first, groups), integerOf(second, groups));
  };
  return new Map(
    groupedSpaces(spec).map(({ name, size, groups }, space): [string, Partition] => {
      const groupOf = Array.from({ length: size }, (_, member) =>
        member < groups || sizes === "even" ? member % groups : draw(groups, member, space),
      );
      return [name, { groups, groupOf: groupOf.toReversed() }];
    }),
  );
}

function logitsLike(partitions: Partitions): NamedTensors {
  const ones = [...partitions].map(([space, { groups, groupOf }]): [string, HostTensor] => {
    const size = groupOf.length;
    const data = Float32Array.from({ length: groups * size }, (_, i) => (groupOf[i % size] === Math.floor(i / size) ? 2 : 0));
    return [logitsName(space), { shape: [groups, size], data }];
  });
  return perturbed(new Map(ones), 3);
}

function perturbed(tensors: NamedTensors, round: number): NamedTensors {
  const stream = randomStream(23, "sample");
  return new Map(
    [...tensors].map(([name, { shape, data }], index): [string, HostTensor] => {
      const noise = normals(stream, sizeOf(shape), 0.15, 1000 * round + index);
      return [name, { shape, data: data.map((value, at) => value + noise[at]!) }];
    }),
  );
}
