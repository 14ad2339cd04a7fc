import { recordActivation } from "../kernels/activation";
import { recordAdd, recordReluGradient } from "../kernels/activation-add";
import { type OutputGradient, recordActivationGradient } from "../kernels/activation-gradient";
import { recordConvInputGradient } from "../kernels/conv";
import type { ConvGeometry } from "../kernels/conv-geometry";
import type { BufferView } from "../kernels/device-memory";
import { recordPooledGradient } from "../kernels/pool";
import type { Operand, Recorder, Temporary } from "../kernels/recorder";
import { chooseConv } from "../kernels/tuning-choice";
import { recordWinograd } from "../kernels/winograd";
import type { BatchNormLayer, ConvLayer, DenseLayer } from "../model/spec";
import { dropoutOf, type ForwardPass, type PassOptions } from "./forward-recording";
import type { FusedNode } from "./fused-graph";
import type { NetworkBuffers } from "./network-buffers";

/** Gets the filter gradients: how their partial sums are kept is not this pass's business. */
export interface FilterGradients {
  record(
    layer: ConvLayer | DenseLayer,
    pass: { readonly geometry: ConvGeometry; readonly input: Operand; readonly outputGradient: Operand; readonly dense: boolean },
  ): void;
}

export interface BackwardOptions extends PassOptions {
  /** Laid out as the parameters; batch norms' shifts and scales get theirs here. */
  readonly gradients: BufferView;
  /** The parameters with every kernel's inputs and outputs swapped. */
  readonly transposed: BufferView;
  readonly trainsGamma: (layer: BatchNormLayer) => boolean;
  readonly filterGradients: FilterGradients;
}

/** Records the way back from the gradient of the logits (float32 [batch, padded classes]). Activations are computed again, not kept. */
export function recordBackward(
  recorder: Recorder,
  network: NetworkBuffers,
  nodes: readonly FusedNode[],
  forward: ForwardPass,
  logitsGradient: Operand,
  options: BackwardOptions,
): void {
  const pass = new BackwardRecording(recorder, network, nodes, forward, options);
  for (const node of [...nodes].reverse()) pass.record(node, logitsGradient);
}

class BackwardRecording {
  readonly #recorder: Recorder;
  readonly #network: NetworkBuffers;
  readonly #forward: ForwardPass;
  readonly #options: BackwardOptions;
  readonly #activations = new Map<string, Extract<FusedNode, { kind: "activation" }>>();
  /** Activations computed again, by name. */
  readonly #again = new Map<string, Temporary>();
  /** Gradients of values so far: every consumer adds its share. */
  readonly #gradients = new Map<string, Operand>();

  constructor(
    recorder: Recorder,
    network: NetworkBuffers,
    nodes: readonly FusedNode[],
    forward: ForwardPass,
    options: BackwardOptions,
  ) {
    this.#recorder = recorder;
    this.#network = network;
    this.#forward = forward;
    this.#options = options;
    for (const node of nodes) if (node.kind === "activation") this.#activations.set(node.output, node);
  }

  record(node: FusedNode, logitsGradient: Operand): void {
    switch (node.kind) {
      case "head":
        this.#head(node, logitsGradient);
        break;
      case "conv":
        this.#conv(node);
        break;
      case "activation":
        this.#activation(node);
        break;
      case "add":
        this.#add(node);
        break;
      default:
        node satisfies never;
    }
  }

  #head({ norm, dropout, dense, input }: Extract<FusedNode, { kind: "head" }>, logitsGradient: Operand): void {
    const { batch, filterGradients, transposed } = this.#options;
    const geometry = this.#network.geometry(dense, batch);
    filterGradients.record(dense, { geometry, input: this.#forward.features, outputGradient: logitsGradient, dense: true });
    const behindDropout = this.#recorder.temporary("features gradient", 4 * batch * geometry.inputs);
    const pass = {
      label: dense.name,
      geometry,
      input: logitsGradient,
      weights: this.#network.weights(transposed, dense),
      addend: null,
      output: behindDropout,
      precision: "f32",
    } as const;
    recordConvInputGradient(this.#recorder, pass, chooseConv(this.#network.tuning, "input-gradient", geometry));
    const drop = dropoutOf(this.#network, dropout, this.#options);
    let pooled = behindDropout;
    if (drop !== null) {
      pooled = this.#recorder.temporary("pooled gradient", behindDropout.bytes);
      const features = { label: dense.name, batch, channels: geometry.inputs, dropout: drop };
      recordPooledGradient(this.#recorder, { ...features, gradient: behindDropout, output: pooled });
    }
    const { height, width } = this.#network.shapeOf(input);
    this.#normGradient(norm, input, true, null, { kind: "perImage", operand: pooled, pixelsPerImage: height * width });
  }

  #conv({ layer, input, addend, output }: Extract<FusedNode, { kind: "conv" }>): void {
    const gradient = this.#gradientOf(output);
    if (addend !== null) this.#contribute(addend, gradient);
    const geometry = this.#network.geometry(layer, this.#options.batch);
    this.#options.filterGradients.record(layer, {
      geometry,
      input: this.#activated(input),
      outputGradient: gradient,
      dense: false,
    });
    if (input === "image") return;
    const known = this.#gradients.get(input) ?? null;
    const result = this.#temporary(`gradient of ${input} by ${layer.name}`, input);
    const pass = {
      label: layer.name,
      geometry,
      input: gradient,
      weights: this.#network.weights(this.#options.transposed, layer),
      addend: known,
      output: result,
    };
    const transformed = this.#network.winogradWeights(layer, geometry);
    if (transformed !== null) recordWinograd(this.#recorder, { ...pass, weights: transformed }, "input-gradient");
    else recordConvInputGradient(this.#recorder, pass, chooseConv(this.#network.tuning, "input-gradient", geometry));
    this.#gradients.set(input, result);
  }

  #activation(node: Extract<FusedNode, { kind: "activation" }>): void {
    const outputGradient = { kind: "perPixel", operand: this.#gradientOf(node.output) } as const;
    this.#normGradient(node.layer, node.input, node.relu, node, outputGradient);
  }

  #normGradient(
    layer: BatchNormLayer,
    input: string,
    relu: boolean,
    node: Extract<FusedNode, { kind: "activation" }> | null,
    outputGradient: OutputGradient,
  ): void {
    const { gradients, trainsGamma } = this.#options;
    const residual = this.#gradients.get(input) ?? null;
    const output = this.#temporary(`gradient of ${input}`, input);
    recordActivationGradient(this.#recorder, {
      ...this.#network.extents(layer.name, input, this.#options.batch),
      input: this.#forward.values.get(input)!,
      coefficients: this.#forward.coefficients.get(layer.name)!,
      relu,
      dropout: node === null ? null : dropoutOf(this.#network, node.dropout, this.#options),
      outputGradient,
      residual,
      gammaGradient: trainsGamma(layer) ? this.#network.vector(gradients, layer.name, "gamma") : null,
      betaGradient: this.#network.vector(gradients, layer.name, "beta"),
      output,
    });
    this.#gradients.set(input, output);
  }

  #add({ inputs, relu, output }: Extract<FusedNode, { kind: "add" }>): void {
    let gradient = this.#gradientOf(output);
    if (relu) {
      const through = this.#temporary(`gradient before ${output}`, output);
      const values = this.#options.batch * this.#network.valuesOf(output);
      recordReluGradient(this.#recorder, {
        label: output,
        values,
        output: this.#forward.values.get(output)!,
        outputGradient: gradient,
        inputGradient: through,
      });
      gradient = through;
    }
    for (const input of inputs) this.#contribute(input, gradient);
  }

  /** Adds a consumer's share; the first share is kept as it is, without a copy. */
  #contribute(value: string, gradient: Operand): void {
    const known = this.#gradients.get(value);
    if (known === undefined) {
      this.#gradients.set(value, gradient);
      return;
    }
    const sum = this.#temporary(`gradient of ${value}`, value);
    const values = this.#options.batch * this.#network.valuesOf(value);
    recordAdd(this.#recorder, { label: `gradient of ${value}`, values, left: known, right: gradient, relu: false, output: sum });
    this.#gradients.set(value, sum);
  }

  /** The value a convolution read: an activation is computed again from its input. */
  #activated(name: string): Operand {
    const node = this.#activations.get(name);
    if (node === undefined) return this.#forward.values.get(name)!;
    const found = this.#again.get(name);
    if (found !== undefined) return found;
    const output = this.#temporary(`${name} again`, name);
    recordActivation(this.#recorder, {
      ...this.#network.extents(node.layer.name, node.input, this.#options.batch),
      input: this.#forward.values.get(node.input)!,
      coefficients: this.#forward.coefficients.get(node.layer.name)!,
      relu: node.relu,
      dropout: dropoutOf(this.#network, node.dropout, this.#options),
      output,
    });
    this.#again.set(name, output);
    return output;
  }

  #gradientOf(value: string): Operand {
    return this.#gradients.get(value)!;
  }

  #temporary(label: string, value: string): Temporary {
    return this.#network.temporary(this.#recorder, label, value, this.#options.batch);
  }
}
