import type { Cost } from "../model/cost";
import { fidelityRules } from "../model/fidelity";
import { inferShapes } from "../model/shapes";
import type { Layer, ModelSpec } from "../model/spec";
import { keptCost, keptNodes } from "../splitnet/savings";
import { classGroups, type ExportInput } from "./export-input";
import { samePadding } from "./padding";

/** Raised when a reader of version n could misread the file. */
export const EXPORT_FORMAT_VERSION = 1;

/** Everything but the weights: what config.json holds (docs: the bundle's README.md). */
export function exportConfig(input: ExportInput) {
  const { run, plan, tree, dataset } = input;
  return {
    format: "splitnet-studio-export",
    formatVersion: EXPORT_FORMAT_VERSION,
    generator: { name: "SplitNet Studio", version: input.version },
    run: {
      id: run.id,
      createdAt: new Date(run.createdAt).toISOString(),
      phase: run.phase,
      checkpointStep: run.checkpointStep,
      seed: run.config.seed,
    },
    dataset,
    classes: run.classes,
    superclasses: run.superclasses,
    superclassOf: run.superclassOf,
    classGroups: classGroups(tree).map((leaf) => ({
      branch: leaf.label,
      classes: leaf.classes.map((label) => ({ label, name: run.classes[label] })),
    })),
    tree,
    /** `order[new]` is the channel of the unsplit network that stands at `new`; groups are contiguous, of these sizes. */
    channels: plan.spaces.map(({ space, sizes, order }) => ({ space, sizes, order })),
    classOrder: plan.classOrder,
    preprocessing: preprocessing(plan.spec, fidelityRules(run.config.fidelity).whiteningGuard),
    architecture: { name: plan.spec.name, spaces: plan.spec.spaces, layers: describeLayers(plan.spec) },
    training: run.config,
  };
}

/** What config.json of a bundle of some classes holds: how to feed it, what its logits mean, and what leaving out the rest saves. */
export function subsetConfig({ run, plan, tree, dataset, version }: ExportInput, classes: readonly number[]) {
  const kept = keptCost(tree, classes);
  const saved = (read: (cost: Cost) => number) => ({ whole: read(tree.split), kept: read(kept) });
  return {
    format: "splitnet-studio-subset",
    formatVersion: EXPORT_FORMAT_VERSION,
    generator: { name: "SplitNet Studio", version },
    run: { id: run.id, createdAt: new Date(run.createdAt).toISOString(), seed: run.config.seed },
    dataset,
    /** In the order of the logits; `label` is the class of the whole network. */
    classes: classes.map((label) => ({ label, name: run.classes[label] })),
    parts: keptNodes(tree.root, classes).map(({ label }) => label),
    cost: { parameters: saved((cost) => cost.parameters), flops: saved((cost) => cost.flops) },
    preprocessing: preprocessing(plan.spec, fidelityRules(run.config.fidelity).whiteningGuard),
  };
}

function preprocessing(spec: ModelSpec, guard: number) {
  const input = spec.layers.find((layer) => layer.kind === "input");
  return {
    source: "RGB, 0..255",
    /** Height, width, channels. */
    imageShape: input?.shape,
    whitening: {
      per: "image and channel",
      formula: "(x - mean) / (deviation + guard), deviation = sqrt(mean((x - mean)^2)) over height and width",
      guard,
    },
    onnxLayout: "NCHW",
  };
}

/** Layers as in the spec; convolutions also with their padding in pixels. */
function describeLayers(spec: ModelSpec) {
  const shapes = inferShapes(spec);
  return spec.layers.map((layer: Layer) => {
    if (layer.kind !== "conv") return layer;
    const { height, width } = shapes.get(layer.input)!;
    const rows = samePadding(height, layer.kernelSize, layer.stride);
    const columns = samePadding(width, layer.kernelSize, layer.stride);
    const padding = { top: rows.before, bottom: rows.after, left: columns.before, right: columns.after };
    return { ...layer, padding };
  });
}
