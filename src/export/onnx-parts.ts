import { ShapeError } from "../base/errors";
import type { WeightVariant } from "../model/weight-variant";
import { leafParts, type NetworkPart, pathTo } from "../splitnet/parts";
import { addPicked, IMAGE_NOTE, inputPort, ONNX_INPUT, ONNX_OUTPUT, ONNX_PRODUCER } from "./onnx";
import { OnnxGraph, type Port } from "./onnx-graph";
import { addNetwork } from "./onnx-layers";

/** "branch 2.1" as files and values are named: "branch_2_1". */
export function partName({ label }: Pick<NetworkPart, "label">): string {
  return label.replaceAll(/[^a-z0-9]+/g, "_");
}

/** Value that the part takes: of the graphs above and of its own. */
export function inputName(part: NetworkPart): string {
  return part.takes === null ? ONNX_INPUT : `to_${partName(part)}`;
}

/** Value that a part which decides classes gives. */
export function logitsName(leaf: NetworkPart): string {
  return `${ONNX_OUTPUT}_${partName(leaf)}`;
}

/** What the part takes. */
export function partInput(part: NetworkPart): Port {
  return inputPort(part.spec, inputName(part));
}

/** What the part gives: one value a child, or its logits. */
export function partOutputs(part: NetworkPart): Port[] {
  return part.classes === null ? part.children.map(partInput) : [logitsPort(part)];
}

/** Name of the graph that goes from the image to the logits of a leaf: "path_2_1". */
export function pathName(leaf: NetworkPart): string {
  return partName(leaf).replace("branch", "path");
}

/**
 * One node of the tree as an ONNX file. The trunk takes "image" [N, 3, 32, 32]; a branch takes "to_branch_1", its own share of the channels, as
 * the graph above gives it. A leaf gives "logits_branch_1", of the classes in its metadata `class_ids`; other nodes give what their children take.
 */
export function onnxPart(part: NetworkPart): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph();
  const outputs = addPart(graph, part, inputName(part), { variant: null, wanted: null });
  return graph.model({
    name: part.spec.name,
    producer: ONNX_PRODUCER,
    inputs: [partInput(part)],
    outputs,
    metadata: metadataOf(part.spec.name, part, part.classes),
  });
}

/** The logits of every leaf, "logits_branch_1" and so on, put together: "logits" [N, classes] in class order. */
export function onnxMerge(root: NetworkPart): Uint8Array<ArrayBuffer> {
  const leaves = leafParts(root);
  const graph = new OnnxGraph();
  const classes = leaves.flatMap(({ classes }) => classes!);
  addMerged(graph, leaves, ascending(classes));
  return graph.model({
    name: `${root.spec.name}: merge`,
    producer: ONNX_PRODUCER,
    inputs: leaves.map(logitsPort),
    outputs: [{ name: ONNX_OUTPUT, shape: ["N", classes.length] }],
    metadata: { output: "logits in class order" },
  });
}

/**
 * The trunk and the branches that decide these classes as one ONNX file: "image" gives "logits" [N, classes.length] in the order given, which its
 * metadata `class_ids` repeats. Branches that decide none of them are left out. Throws ShapeError for a class that there is not, or twice.
 */
export function onnxOfClasses(
  root: NetworkPart,
  classes: readonly number[],
  variant: WeightVariant | null = null,
): Uint8Array<ArrayBuffer> {
  const leaves = leafParts(root).filter((leaf) => leaf.classes!.some((label) => classes.includes(label)));
  const graph = new OnnxGraph();
  const parts = new Set(leaves.flatMap((leaf) => pathTo(root, leaf)));
  for (const part of parts) addPart(graph, part, inputName(part), { variant, wanted: parts });
  addMerged(graph, leaves, classes);
  const name = `${root.spec.name}: ${classes.length} classes`;
  return graph.model({
    name,
    producer: ONNX_PRODUCER,
    inputs: [inputPort(root.spec, ONNX_INPUT)],
    outputs: [{ name: ONNX_OUTPUT, shape: ["N", classes.length] }],
    metadata: metadataOf(name, root, classes),
  });
}

interface PartOptions {
  readonly variant: WeightVariant | null;
  /** Children that take part; null: all. */
  readonly wanted: ReadonlySet<NetworkPart> | null;
}

/** Adds the layers of a part and its outputs: to those of its children that are wanted, or its logits. Returns them. */
function addPart(graph: OnnxGraph, part: NetworkPart, input: string, { variant, wanted }: PartOptions): Port[] {
  const scope = part.takes === null ? "" : `${partName(part)}.`;
  const values = addNetwork(graph, { spec: part.spec, ...part.tensors, input, scope, variant });
  const output = values.get(part.output)!;
  if (part.classes !== null) {
    graph.node("Identity", logitsName(part), [output], logitsName(part));
    return partOutputs(part);
  }
  const sizes = `${scope}split_sizes`;
  graph.integers(
    sizes,
    part.children.map(({ takes }) => takes!.count),
  );
  // A value that nobody reads still needs a name.
  const outputs = part.children.map(inputName);
  graph.nodeOfMany("Split", `${scope}split`, [output, sizes], outputs, { axis: 1 });
  return part.children.flatMap((child) => (wanted === null || wanted.has(child) ? [partInput(child)] : []));
}

/** Adds "logits": those of the classes given, in that order, out of the leaves' own. */
function addMerged(graph: OnnxGraph, leaves: readonly NetworkPart[], classes: readonly number[]): void {
  const positions = mergedPositions(leaves, classes);
  graph.node("Concat", "merge", leaves.map(logitsName), "all_logits", { axis: 1 });
  addPicked(graph, "all_logits", ONNX_OUTPUT, positions);
}

/** Where these classes stand in the logits of the leaves, one leaf after the other. Throws ShapeError for a class that there is not, or twice. */
export function mergedPositions(leaves: readonly NetworkPart[], classes: readonly number[]): number[] {
  const order = leaves.flatMap((leaf) => leaf.classes!);
  const positions = classes.map((label) => order.indexOf(label));
  if (positions.length === 0 || positions.includes(-1) || new Set(positions).size !== positions.length) {
    throw new ShapeError(
      `classes ${classes.join(", ")}: not all of them are classes of this network, each once`,
      "Choose at least one of the network's classes.",
    );
  }
  return positions;
}

function logitsPort(leaf: NetworkPart): Port {
  return { name: logitsName(leaf), shape: ["N", leaf.classes!.length] };
}

function metadataOf(model: string, { takes }: NetworkPart, classes: readonly number[] | null): Record<string, string> {
  return {
    model,
    input: takes === null ? IMAGE_NOTE : "the part's own channels of what the part above hands over",
    ...(classes === null ? {} : { class_ids: JSON.stringify(classes) }),
  };
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}
