import { ShapeError } from "../base/errors";
import { filled, type HostTensor, hostTensor, tensorNamed } from "../base/tensor";
import type { DenseLayer, ModelSpec } from "../model/spec";
import { groupSizes, type Partition } from "./partition";
import type { NetworkTensors } from "./slice";

/** A network at rest with the order of its logits. */
export interface OrderedNetwork {
  readonly spec: ModelSpec;
  readonly tensors: NetworkTensors;
  /** `classOrder[position]` is the class whose logit stands there. */
  readonly classOrder: readonly number[];
}

/** What one image makes of a network. */
export interface Response {
  /** By class. */
  readonly logits: Float32Array;
  /** Mean of what the last layer reads, by group of its input; null for a group without members. */
  readonly groupMeans: readonly (number | null)[];
}

/**
 * The network with one more logit for each group of what its last layer reads: the mean of the group's values, as weights 1 / members. So one
 * forward pass of any engine tells both. `inputs` groups what the last layer reads where that layer is not cut; blocks are their own groups.
 * In `classOrder` the mean of group g stands as class `classes + g`.
 */
export function withGroupMeans({ spec, tensors, classOrder }: OrderedNetwork, inputs: Partition): OrderedNetwork {
  const head = headOf(spec);
  const [classes, groups] = [classOrder.length, head.blocks?.inputs.length ?? inputs.groups];
  const parameters = new Map(tensors.parameters);
  for (const [prefix, columns] of columnsByPrefix(head, inputs)) {
    const [weights, biases] = [`${prefix}/weights`, `${prefix}/biases`];
    parameters.set(weights, withColumns(tensorNamed(tensors.parameters, weights), columns));
    parameters.set(biases, joined(tensorNamed(tensors.parameters, biases), filled([columns.length], 0)));
  }
  return {
    spec: {
      name: `${spec.name}, with group means`,
      // Nothing is learned here: without groups no space has assignment logits.
      spaces: spec.spaces.map((space) => ({
        ...space,
        groups: 1,
        size: space.size + (space.name === head.outputSpace ? groups : 0),
      })),
      layers: [...spec.layers.slice(0, -1), widened(head)],
    },
    tensors: { parameters, statistics: tensors.statistics },
    classOrder: orderWithMeans(classOrder, head, groups, classes),
  };
}

/** Takes apart what `withGroupMeans` gives for one image; `groups` are those that it was made with. */
export function responseOf(values: Float32Array, classes: number, inputs: Partition): Response {
  const sizes = groupSizes(inputs);
  return {
    logits: values.slice(0, classes),
    groupMeans: sizes.map((size, group) => (size === 0 ? null : values[classes + group]!)),
  };
}

/** The fully connected layer that a network ends in. */
export function headOf(spec: ModelSpec): DenseLayer {
  const head = spec.layers.at(-1);
  if (head?.kind === "dense") return head;
  throw new ShapeError(`${spec.name} does not end in a fully connected layer`, "The file belongs to another network.");
}

function widened(head: DenseLayer): DenseLayer {
  const blocks = head.blocks && { inputs: head.blocks.inputs, outputs: head.blocks.outputs.map((count) => count + 1) };
  return { ...head, introduces: [], blocks };
}

/** A block's mean stands behind its classes; without blocks all means stand at the end. */
function orderWithMeans(order: readonly number[], { blocks }: DenseLayer, groups: number, classes: number): number[] {
  if (blocks === null) return [...order, ...Array.from({ length: groups }, (_, group) => classes + group)];
  let start = 0;
  return blocks.outputs.flatMap((count, group) => {
    const own = order.slice(start, start + count);
    start += count;
    return [...own, classes + group];
  });
}

/** Columns of weights, by the name of the layer or of its block: each turns the values of a group into their mean. */
function columnsByPrefix({ name, blocks }: DenseLayer, inputs: Partition): [string, number[][]][] {
  if (blocks !== null) {
    return blocks.inputs.map((count, block) => [`${name}/block_${block}`, [new Array<number>(count).fill(1 / count)]]);
  }
  return [[name, groupSizes(inputs).map((size, group) => inputs.groupOf.map((own) => (own === group ? 1 / size : 0)))]];
}

/** Weights [in, out] with more columns behind. */
function withColumns({ shape, data }: HostTensor, columns: readonly (readonly number[])[]): HostTensor {
  const [rows, before] = [shape[0]!, shape[1]!];
  const width = before + columns.length;
  const wider = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    wider.set(data.subarray(row * before, (row + 1) * before), row * width);
    columns.forEach((column, index) => {
      wider[row * width + before + index] = column[row]!;
    });
  }
  return hostTensor([rows, width], wider);
}

function joined(first: HostTensor, second: HostTensor): HostTensor {
  return hostTensor([first.data.length + second.data.length], Float32Array.from([...first.data, ...second.data]));
}
