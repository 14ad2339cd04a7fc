import { recordActivation } from "../kernels/activation";
import { recordAdd } from "../kernels/activation-add";
import type { LayerDropout } from "../kernels/activation-dropout";
import { recordBatchMoments, recordRunningCoefficients } from "../kernels/batch-norm";
import { recordConvForward } from "../kernels/conv";
import type { BufferView } from "../kernels/device-memory";
import { recordPool } from "../kernels/pool";
import type { Operand, Recorder, Temporary } from "../kernels/recorder";
import { chooseConv } from "../kernels/tuning-choice";
import { recordWinograd } from "../kernels/winograd";
import { BATCH_NORM_DECAY, BATCH_NORM_EPSILON, type BatchNormLayer, type DropoutLayer } from "../model/spec";
import type { FusedNode, PartNode } from "./fused-graph";
import type { NetworkBuffers } from "./network-buffers";

/** How a pass runs. */
export interface PassOptions {
  readonly batch: number;
  /** "training" normalises by the batch and moves the running statistics, "batch" leaves them, "inference" normalises by them. */
  readonly mode: "training" | "batch" | "inference";
  /** Probability that dropout keeps an element; 1 is no dropout. */
  readonly dropoutKeep: number;
  /** StepState. */
  readonly state: BufferView;
  /** Where values are written that are read after the pass; all others share memory. */
  readonly kept?: ReadonlyMap<string, BufferView>;
}

/** What a forward pass leaves for the backward pass. */
export interface ForwardPass {
  /** Every value by name; the head's is float32 [batch, padded classes], before the bias. */
  readonly values: ReadonlyMap<string, Operand>;
  /** Mean, 1 / deviation, scale and shift of each batch norm by layer. */
  readonly coefficients: ReadonlyMap<string, Temporary>;
  /** Pooled features behind their dropout, float32 [batch, channels]. */
  readonly features: Temporary;
}

/** Records the network, or a part of one, on what its first layer takes, such as images [batch, 32, 32, 4]; nothing runs yet. */
export function recordForward(
  recorder: Recorder,
  network: NetworkBuffers,
  nodes: readonly PartNode[],
  input: Operand,
  options: PassOptions,
): ForwardPass {
  const pass = new ForwardRecording(recorder, network, options);
  network.recordWinogradWeights(recorder, options.batch);
  pass.values.set(network.spec.layers[0]!.name, input);
  for (const node of nodes) pass.record(node);
  return pass;
}

/** Dropout of a layer, null where the pass has none. */
export function dropoutOf(
  network: NetworkBuffers,
  layer: DropoutLayer | null,
  { dropoutKeep, state }: Pick<PassOptions, "dropoutKeep" | "state">,
): LayerDropout | null {
  return layer === null || dropoutKeep === 1 ? null : { keep: dropoutKeep, layer: network.dropoutKey(layer), state };
}

class ForwardRecording implements ForwardPass {
  readonly values = new Map<string, Operand>();
  readonly coefficients = new Map<string, Temporary>();
  readonly #recorder: Recorder;
  readonly #network: NetworkBuffers;
  readonly #options: PassOptions;
  #features: Temporary | null = null;

  constructor(recorder: Recorder, network: NetworkBuffers, options: PassOptions) {
    this.#recorder = recorder;
    this.#network = network;
    this.#options = options;
  }

  get features(): Temporary {
    return this.#features!;
  }

  record(node: PartNode): void {
    switch (node.kind) {
      case "conv":
        this.#conv(node);
        break;
      case "activation":
        this.#activation(node);
        break;
      case "add":
        this.#add(node);
        break;
      case "head":
        this.#features = this.#recorder.temporary("features", this.#featureBytes(node.input));
        this.#pool(node, this.#features);
        this.#dense(node, this.#features);
        break;
      case "pool":
        this.#pool(node, this.#define(node.output));
        break;
      case "dense":
        this.#dense(node, this.#value(node.input));
        break;
      default:
        node satisfies never;
    }
  }

  #conv({ layer, input, addend, output }: Extract<FusedNode, { kind: "conv" }>): void {
    const geometry = this.#network.geometry(layer, this.#options.batch);
    const pass = {
      label: layer.name,
      geometry,
      input: this.#value(input),
      weights: this.#network.weights(this.#network.parameters, layer),
      addend: addend === null ? null : this.#value(addend),
      output: this.#define(output),
    };
    const transformed = this.#network.winogradWeights(layer, geometry);
    if (transformed !== null) recordWinograd(this.#recorder, { ...pass, weights: transformed }, "forward");
    else recordConvForward(this.#recorder, pass, chooseConv(this.#network.tuning, "forward", geometry));
  }

  #activation({ layer, relu, dropout, input, output }: Extract<FusedNode, { kind: "activation" }>): void {
    const coefficients = this.#normalise(layer, input);
    recordActivation(this.#recorder, {
      ...this.#network.extents(layer.name, input, this.#options.batch),
      input: this.#value(input),
      coefficients,
      relu,
      dropout: dropoutOf(this.#network, dropout, this.#options),
      output: this.#define(output),
    });
  }

  #add({ inputs, relu, output }: Extract<FusedNode, { kind: "add" }>): void {
    const values = this.#options.batch * this.#network.valuesOf(output);
    const [left, right] = [this.#value(inputs[0]), this.#value(inputs[1])];
    recordAdd(this.#recorder, { label: output, values, left, right, relu, output: this.#define(output) });
  }

  /** Bytes of the means of a value's channels, which are float32. */
  #featureBytes(value: string): number {
    return 4 * this.#options.batch * this.#network.channelsOf(value).size;
  }

  #pool(
    { norm, dropout, input }: Pick<Extract<PartNode, { kind: "pool" }>, "norm" | "dropout" | "input">,
    output: Operand,
  ): void {
    const { batch } = this.#options;
    const coefficients = this.#normalise(norm, input);
    const { label, pixels, channels } = this.#network.extents(norm.name, input, batch);
    recordPool(this.#recorder, {
      label,
      batch,
      pixelsPerImage: pixels / batch,
      channels,
      input: this.#value(input),
      coefficients,
      dropout: dropoutOf(this.#network, dropout, this.#options),
      output,
    });
  }

  #dense({ dense, output }: Pick<Extract<PartNode, { kind: "dense" }>, "dense" | "output">, features: Operand): void {
    const { batch } = this.#options;
    const logits = this.#recorder.temporary("logits", 4 * batch * this.#network.channelsOf(output).size);
    this.values.set(output, logits);
    const geometry = this.#network.geometry(dense, batch);
    const pass = {
      label: dense.name,
      geometry,
      input: features,
      weights: this.#network.weights(this.#network.parameters, dense),
      addend: null,
      output: logits,
      precision: "f32",
    } as const;
    recordConvForward(this.#recorder, pass, chooseConv(this.#network.tuning, "forward", geometry));
  }

  #normalise(layer: BatchNormLayer, input: string): Temporary {
    const extents = this.#network.extents(layer.name, input, this.#options.batch);
    const coefficients = this.#recorder.temporary(`coefficients of ${layer.name}`, 16 * extents.channels);
    this.coefficients.set(layer.name, coefficients);
    const shared = {
      ...extents,
      gamma: this.#network.vector(this.#network.parameters, layer.name, "gamma"),
      beta: this.#network.vector(this.#network.parameters, layer.name, "beta"),
      ...this.#network.running(layer),
      coefficients,
      epsilon: BATCH_NORM_EPSILON,
    };
    const { mode } = this.#options;
    if (mode === "inference") {
      recordRunningCoefficients(this.#recorder, shared);
    } else {
      const decay = mode === "training" ? BATCH_NORM_DECAY : 1;
      recordBatchMoments(this.#recorder, { ...shared, input: this.#value(input), decay });
    }
    return coefficients;
  }

  #value(name: string): Operand {
    return this.values.get(name)!;
  }

  #define(name: string): Operand {
    const value = this.#options.kept?.get(name) ?? this.#network.temporary(this.#recorder, name, name, this.#options.batch);
    this.values.set(name, value);
    return value;
  }
}
