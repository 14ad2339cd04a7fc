import { ShapeError } from "../base/errors";
import { type HostTensor, type NamedTensors, tensorNamed } from "../base/tensor";
import { inputsOf, isWeighted, spaceNamed } from "../model/lookup";
import { statisticNames, weightsName } from "../model/parameters";
import { inferShapes } from "../model/shapes";
import type { InputLayer, Layer, ModelSpec, Space, WeightedLayer } from "../model/spec";
import { mergedSizes } from "./plan";
import type { NetworkTensors } from "./slice";
import type { SplitPlan } from "./split-plan";
import type { SplitTree, TreeNode } from "./tree";

/** Consecutive channels. */
export interface ChannelRun {
  readonly start: number;
  readonly count: number;
}

/**
 * One node of the tree as a network of its own: the trunk takes images, a branch takes its share of the channels that its parent
 * hands over. Nothing in it refers to another node, so that each can live on a machine of its own.
 */
export interface NetworkPart {
  /** As the tree has it: "trunk", "branch 2.1". */
  readonly label: string;
  /** Block index in the layers it owns, from 0. */
  readonly group: number;
  /** A network without blocks. Its first layer is its input: the image, or the layer of the parent that it reads, with its own share of the channels. */
  readonly spec: ModelSpec;
  /** By the names that the layers of `spec` give them. Their values are those of the whole network, seen and not copied. */
  readonly tensors: NetworkTensors;
  /** Channels of the parent's output that it takes; null for the trunk. */
  readonly takes: ChannelRun | null;
  /** Layer of `spec` whose output the children share, or that gives the logits of `classes`. */
  readonly output: string;
  /** Of a leaf: the class of each logit. Null where children decide. */
  readonly classes: readonly number[] | null;
  readonly children: readonly NetworkPart[];
}

/**
 * The split network taken apart into the nodes of its tree. Everything that lies between two levels of blocks belongs to the upper one,
 * so that what is handed over is what the first blocks below read. Throws ShapeError where a level reads more than one layer of the level above.
 */
export function networkParts(plan: SplitPlan, tree: SplitTree, tensors: NetworkTensors): NetworkPart {
  return new Cutter(plan, tensors).part(tree.root, 1, null);
}

/** Every part, each before those below it, from left to right. */
export function allParts(root: NetworkPart): NetworkPart[] {
  return [root, ...root.children.flatMap(allParts)];
}

/** Parts that decide classes, from left to right. */
export function leafParts(root: NetworkPart): NetworkPart[] {
  return allParts(root).filter(({ classes }) => classes !== null);
}

/** The parts on the way from the trunk to `leaf`, both included. */
export function pathTo(root: NetworkPart, leaf: NetworkPart): NetworkPart[] {
  if (root === leaf) return [root];
  const below = root.children.map((child) => pathTo(child, leaf)).find((path) => path.length > 0);
  return below === undefined ? [] : [root, ...below];
}

class Cutter {
  readonly #plan: SplitPlan;
  readonly #tensors: NetworkTensors;
  /** Number of blocks of every layer, or of what it reads: 1 is the trunk. */
  readonly #levels: ReadonlyMap<string, number>;
  readonly #depths: readonly number[];

  constructor(plan: SplitPlan, tensors: NetworkTensors) {
    this.#plan = plan;
    this.#tensors = tensors;
    this.#levels = levelsOf(plan.spec);
    this.#depths = [...new Set(this.#levels.values())].sort((a, b) => a - b);
  }

  /** The part of `node` at `level`; `parent` is the node above. */
  part(node: TreeNode, level: number, parent: { readonly group: number; readonly level: number } | null): NetworkPart {
    const { spec } = this.#plan;
    const own = spec.layers.filter(({ name }) => this.#levels.get(name) === level);
    const deeper = this.#depths[this.#depths.indexOf(level) + 1];
    const input = parent === null ? null : this.#input(level, node.group, parent.level);
    const layers = [...(input === null ? [] : [input]), ...own.map(withoutBlocks)];
    const output = deeper === undefined ? own.at(-1)!.name : this.#handedOver(deeper, level);
    return {
      label: node.label,
      group: node.group,
      spec: { name: `${spec.name}, ${node.label}`, spaces: this.#spaces(layers, level, node.group), layers },
      tensors: this.#tensorsOf(own, level, node.group),
      takes: parent && input && this.#taken(input.space, level, node.group, parent),
      output,
      classes: deeper === undefined ? node.classes : null,
      children: deeper === undefined ? [] : node.children.map((child) => this.part(child, deeper, { group: node.group, level })),
    };
  }

  /** Name of the one layer of `above` that layers of `level` read. */
  #handedOver(level: number, above: number): string {
    const read = this.#plan.spec.layers
      .filter(({ name }) => this.#levels.get(name) === level)
      .flatMap((layer) => inputsOf(layer).filter((name) => this.#levels.get(name) !== level));
    const [name, ...others] = new Set(read);
    if (name === undefined || others.length > 0 || this.#levels.get(name) !== above) {
      throw new ShapeError(
        `level of ${level} blocks: reads ${[...new Set(read)].join(", ") || "nothing"} of the levels above`,
        "Only networks whose levels hand over one activation can be taken apart: export the whole network instead.",
      );
    }
    return name;
  }

  #input(level: number, group: number, above: number): InputLayer {
    const name = this.#handedOver(level, above);
    const { height, width, space } = inferShapes(this.#plan.spec).get(name)!;
    return { kind: "input", name, space, shape: [height, width, this.#run(space, level, group).count] };
  }

  #taken(space: string, level: number, group: number, parent: { readonly group: number; readonly level: number }): ChannelRun {
    const { start, count } = this.#run(space, level, group);
    return { start: start - this.#run(space, parent.level, parent.group).start, count };
  }

  /** Channels of the space that group `group` of `level` groups has, in the plan's order. */
  #run(space: string, level: number, group: number): ChannelRun {
    if (level === 1) return { start: 0, count: spaceNamed(this.#plan.spec, space).size };
    const planned = this.#plan.spaces.find((candidate) => candidate.space === space);
    if (planned === undefined) throw new ShapeError(`${space} is not grouped`, "The plan belongs to another network.");
    const sizes = mergedSizes(planned.sizes, level);
    return { start: sizes.slice(0, group).reduce((sum, size) => sum + size, 0), count: sizes[group]! };
  }

  #spaces(layers: readonly Layer[], level: number, group: number): Space[] {
    const names = new Set(layers.flatMap(spacesOf));
    return [...names].map((name) => ({ name, size: this.#run(name, level, group).count, groups: 1, publishedName: null }));
  }

  #tensorsOf(layers: readonly Layer[], level: number, group: number): NetworkTensors {
    const parameters = new Map<string, HostTensor>();
    const statistics = new Map<string, HostTensor>();
    for (const layer of layers) {
      if (isWeighted(layer)) {
        for (const [name, tensor] of this.#weighted(layer, group)) parameters.set(name, tensor);
      } else if (layer.kind === "batchNorm") {
        const run = this.#run(layer.space, level, group);
        const names = statisticNames(layer);
        for (const name of [`${layer.name}/beta`, `${layer.name}/gamma`])
          parameters.set(name, runOf(this.#tensors.parameters, name, run));
        for (const name of [names.mean, names.variance]) statistics.set(name, runOf(this.#tensors.statistics, name, run));
      }
    }
    return { parameters, statistics };
  }

  #weighted(layer: WeightedLayer, group: number): [string, HostTensor][] {
    const names = [weightsName(layer), ...(layer.kind === "dense" ? [`${layer.name}/biases`] : [])];
    return names.map((name) => {
      const role = name.slice(layer.name.length);
      const stored = layer.blocks === null ? name : `${layer.name}/block_${group}${role}`;
      return [name, tensorNamed(this.#tensors.parameters, stored)];
    });
  }
}

/** A weighted layer is at the level of its blocks, everything else at that of what it reads. */
function levelsOf(spec: ModelSpec): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  for (const layer of spec.layers) {
    const read = Math.max(1, ...inputsOf(layer).map((name) => levels.get(name)!));
    levels.set(layer.name, isWeighted(layer) ? Math.max(read, layer.blocks?.inputs.length ?? 1) : read);
  }
  return levels;
}

function spacesOf(layer: Layer): readonly string[] {
  if (isWeighted(layer)) return [layer.inputSpace, layer.outputSpace];
  return layer.kind === "batchNorm" || layer.kind === "input" ? [layer.space] : [];
}

function withoutBlocks(layer: Layer): Layer {
  return isWeighted(layer) ? { ...layer, groups: 1, blocks: null } : layer;
}

/** Consecutive entries of a vector. */
function runOf(tensors: NamedTensors, name: string, { start, count }: ChannelRun): HostTensor {
  return { shape: [count], data: tensorNamed(tensors, name).data.subarray(start, start + count) };
}
