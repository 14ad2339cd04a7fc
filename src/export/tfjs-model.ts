import { filled, type HostTensor } from "../base/tensor";
import { inferShapes } from "../model/shapes";
import type { InputLayer } from "../model/spec";
import { leafParts, type NetworkPart, pathTo } from "../splitnet/parts";
import { KerasGraph, type KerasTopology, type KerasWeight } from "./keras-graph";
import { addLayers } from "./keras-layers";
import { inputName, mergedPositions, partName } from "./onnx-parts";

const INPUT = "image";
const OUTPUT = "logits";

/** A network as a Keras functional model. */
export interface KerasModel {
  readonly topology: KerasTopology;
  /** In the order of the layers. */
  readonly weights: readonly KerasWeight[];
  /** The class of each logit. */
  readonly classes: readonly number[];
}

/**
 * The trunk and the branches that decide these classes, all of them where none are given: images [N, 32, 32, 3], whitened, to logits
 * [N, classes.length] in the order given, all of them in class order. Only layers of plain Keras (docs/design/export-tfjs.md).
 * Throws ShapeError for a class that there is not, or twice.
 */
export function kerasModel(root: NetworkPart, classes: readonly number[] = allClasses(root)): KerasModel {
  const graph = new KerasGraph();
  const leaves = leafParts(root).filter((leaf) => leaf.classes!.some((label) => classes.includes(label)));
  const wanted = new Set(leaves.flatMap((leaf) => pathTo(root, leaf)));
  const positions = mergedPositions(leaves, classes);
  const { shape } = inputOf(root);
  const input = graph.layer("InputLayer", INPUT, [], { batch_input_shape: [null, ...shape], dtype: "float32", sparse: false });
  const logits = addPart(graph, root, input, wanted);
  const output = addMerged(graph, logits, positions, leaves.flatMap((leaf) => leaf.classes!).length);
  return { topology: graph.topology(root.spec.name, input, output), weights: graph.weights, classes };
}

/** Adds the part and those below it that are wanted; returns the layers that give the leaves' logits, from left to right. */
function addPart(graph: KerasGraph, part: NetworkPart, input: string, wanted: ReadonlySet<NetworkPart>): string[] {
  const scope = part.takes === null ? "" : `${partName(part)}.`;
  const output = addLayers(graph, part, input, scope).get(part.output)!;
  if (part.classes !== null) return [output];
  const { channels } = inferShapes(part.spec).get(part.output)!;
  return part.children
    .filter((child) => wanted.has(child))
    .flatMap((child) => addPart(graph, child, addTaken(graph, child, output, channels), wanted));
}

/**
 * Adds the child's share of the channels that its parent hands over. Cropping2D with `channels_first` cuts the last two of four axes, whatever
 * they mean, so that it takes channels out of [N, height, width, channels] without moving any. Pooled channels are [N, 1, 1, channels] for it.
 */
function addTaken(graph: KerasGraph, child: NetworkPart, output: string, channels: number): string {
  const { start, count } = child.takes!;
  const name = inputName(child);
  const [height, width] = inputOf(child).shape;
  const pooled = height === 1 && width === 1;
  const cropping = [
    [0, 0],
    [start, channels - start - count],
  ];
  const source = pooled ? graph.layer("Reshape", `${name}.spread`, [output], { target_shape: [1, 1, channels] }) : output;
  const cut = graph.layer("Cropping2D", pooled ? `${name}.cut` : name, [source], { cropping, data_format: "channels_first" });
  return pooled ? graph.layer("Reshape", name, [cut], { target_shape: [count] }) : cut;
}

/** Adds the logits at these positions of `width`, in this order; returns the layer that gives them. */
function addMerged(graph: KerasGraph, logits: readonly string[], positions: readonly number[], width: number): string {
  const all = logits.length === 1 ? logits[0]! : graph.layer("Concatenate", "merge", logits, { axis: -1 });
  if (positions.length === width && positions.every((position, index) => position === index)) return all;
  const config = { units: positions.length, activation: "linear", use_bias: false, trainable: false };
  return graph.layer("Dense", OUTPUT, [all], config, { kernel: picking(positions, width) });
}

/** [width, positions.length]: times it, every sum has one term that is not zero, so that logits come out as they went in. */
function picking(positions: readonly number[], width: number): HostTensor {
  const kernel = filled([width, positions.length], 0);
  positions.forEach((position, index) => {
    kernel.data[position * positions.length + index] = 1;
  });
  return kernel;
}

function inputOf({ spec }: NetworkPart): InputLayer {
  return spec.layers.find((layer): layer is InputLayer => layer.kind === "input")!;
}

function allClasses(root: NetworkPart): number[] {
  return leafParts(root)
    .flatMap((leaf) => leaf.classes!)
    .toSorted((a, b) => a - b);
}
