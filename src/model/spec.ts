/**
 * The network as data. Trainer, cost counter, splitter, exporters, diagram and tests read this one value.
 *
 * A *space* is a named channel axis (the residual stream of a stage, the inner channels of a unit, the classes). Layers map
 * spaces to spaces; grouping is a property of spaces, so that residual additions keep their channels aligned by construction.
 */

/** A channel axis. `groups` is the number of groups learned for it, 1 where it is never grouped. */
export interface Space {
  readonly name: string;
  readonly size: number;
  readonly groups: number;
  /** Name of its assignment logits in the published code ("group/split_p1/alpha"), null where ungrouped. */
  readonly publishedName: string | null;
}

/** Block sizes of a split layer: block g maps `inputs[g]` channels to `outputs[g]`, all contiguous and in order. */
export interface Blocks {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** What weighted layers share: the grouping they are regularised with and, after the split, their blocks. */
export interface Weighted {
  readonly inputSpace: string;
  readonly outputSpace: string;
  /** Groups this layer is to be split into, 1 = stays dense. Spaces with more groups are merged to this number. */
  readonly groups: number;
  /** Spaces whose assignment this layer is first to use un-merged: one entry of the overlap and uniform penalties each layer. */
  readonly introduces: readonly string[];
  /** Null while dense. */
  readonly blocks: Blocks | null;
  /** Whether the published counting rule counts it (it leaves out the first convolution). */
  readonly counted: boolean;
}

interface Node {
  /** Unique; also the prefix of its parameters' names. */
  readonly name: string;
}

export interface InputLayer extends Node {
  readonly kind: "input";
  /** Whose channels it has. */
  readonly space: string;
  /** Height, width, channels. */
  readonly shape: readonly [number, number, number];
}

/** k x k convolution without bias, TensorFlow SAME padding (asymmetric on stride 2). Kernel [k, k, in, out]. */
export interface ConvLayer extends Node, Weighted {
  readonly kind: "conv";
  readonly input: string;
  readonly kernelSize: 1 | 3;
  readonly stride: 1 | 2;
}

/** Batch normalisation over N, H, W: biased variance, epsilon 1e-5, running averages with decay 0.9. */
export interface BatchNormLayer extends Node {
  readonly kind: "batchNorm";
  readonly input: string;
  readonly space: string;
  /** Whether gamma is trained in stage 1 even when the recipe freezes scales (the last one is, as published). */
  readonly alwaysTrainScale: boolean;
  /** Starts anew at the split instead of taking over parameters and statistics (published stage 2). */
  readonly restartsAtSplit: boolean;
}

export interface ReluLayer extends Node {
  readonly kind: "relu";
  readonly input: string;
}

/** Element-wise dropout, scaled by 1 / keep; the probability comes from the stage's recipe. */
export interface DropoutLayer extends Node {
  readonly kind: "dropout";
  readonly input: string;
}

export interface AddLayer extends Node {
  readonly kind: "add";
  readonly inputs: readonly [string, string];
}

/** Mean over height and width: [N, H, W, C] to [N, C]. */
export interface GlobalMeanLayer extends Node {
  readonly kind: "globalMean";
  readonly input: string;
}

/** Fully connected with bias. Weights [in, out], biases [out]. */
export interface DenseLayer extends Node, Weighted {
  readonly kind: "dense";
  readonly input: string;
}

export type Layer = InputLayer | ConvLayer | BatchNormLayer | ReluLayer | DropoutLayer | AddLayer | GlobalMeanLayer | DenseLayer;
export type WeightedLayer = ConvLayer | DenseLayer;

/** An immutable network: layers in execution order, the last one gives the logits. */
export interface ModelSpec {
  readonly name: string;
  readonly spaces: readonly Space[];
  readonly layers: readonly Layer[];
}

/** Epsilon of every batch normalisation. */
export const BATCH_NORM_EPSILON = 1e-5;
/** Decay of the running averages: running = decay * running + (1 - decay) * batch. */
export const BATCH_NORM_DECAY = 0.9;
