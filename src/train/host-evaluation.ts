import { type BufferView, DeviceMemory, readBack } from "../kernels/device-memory";
import { recordAddBias } from "../kernels/loss";
import { Recorder, type Recording } from "../kernels/recorder";
import { StepStateBuffer } from "../kernels/step-state";
import type { ConvTuning } from "../kernels/tuning-choice";
import type { ChannelLayout } from "./channel-layout";
import type { Network } from "./evaluate";
import { type ForwardPass, recordForward } from "./forward-recording";
import { fusePart } from "./fused-graph";
import { NetworkBuffers } from "./network-buffers";

/** A network, or a part of one, for batches of one size. */
export interface HostedNetwork {
  readonly network: Network;
  /** Layer whose output is read: one that hands over an activation, or the dense layer at the end. */
  readonly output: string;
  readonly batch: number;
}

/** A value on the device, float32. */
interface End {
  readonly view: BufferView;
  readonly channels: ChannelLayout;
}

/** A network in inference mode whose input comes from the host and whose output goes back there, recorded once. */
export class HostEvaluation {
  readonly #memory: DeviceMemory;
  readonly #recording: Recording;
  readonly #input: End;
  readonly #output: End;

  private constructor(memory: DeviceMemory, recording: Recording, input: End, output: End) {
    this.#memory = memory;
    this.#recording = recording;
    this.#input = input;
    this.#output = output;
  }

  static async prepare(device: GPUDevice, hosted: HostedNetwork, tuning: ConvTuning): Promise<HostEvaluation> {
    const memory = new DeviceMemory(device);
    try {
      const { spec } = hosted.network;
      const buffers = new NetworkBuffers(memory, spec, hosted.network, tuning);
      const endOf = (name: string): End => {
        const view = memory.allocate(`${name} between host and device`, 4 * hosted.batch * buffers.valuesOf(name));
        return { view, channels: buffers.channelsOf(name) };
      };
      const [input, output] = [endOf(spec.layers[0]!.name), endOf(hosted.output)];
      const recording = await recordBetween(buffers, hosted, input.view, output.view);
      return new HostEvaluation(memory, recording, input, output);
    } catch (error) {
      memory.dispose();
      throw error;
    }
  }

  /** From [batch, height, width, channels] of the first layer to the same of the output; a pooled value or logits have one pixel. */
  async run(values: Float32Array): Promise<Float32Array> {
    const { device } = this.#memory;
    const padded = spread(values, this.#input.channels);
    device.queue.writeBuffer(this.#input.view.buffer, this.#input.view.offset, padded);
    this.#recording.submit();
    return gathered(new Float32Array(await readBack(device, this.#output.view)), this.#output.channels);
  }

  dispose(): void {
    this.#memory.dispose();
  }
}

function recordBetween(
  network: NetworkBuffers,
  { batch, output }: HostedNetwork,
  input: BufferView,
  kept: BufferView,
): Promise<Recording> {
  const recorder = new Recorder(network.memory);
  const nodes = fusePart(network.spec);
  const state = new StepStateBuffer(network.memory);
  const options = { batch, mode: "inference", dropoutKeep: 1, state: state.view, kept: new Map([[output, kept]]) } as const;
  const pass = recordForward(recorder, network, nodes, input, options);
  const last = nodes.at(-1);
  if (last?.kind === "head" || last?.kind === "dense") recordLogits(recorder, network, pass, batch, last.output, kept);
  return recorder.finish();
}

function recordLogits(
  recorder: Recorder,
  network: NetworkBuffers,
  pass: ForwardPass,
  batch: number,
  dense: string,
  output: BufferView,
): void {
  recordAddBias(recorder, {
    label: `${batch}`,
    batch,
    classes: network.channelsOf(dense).size,
    logits: pass.values.get(dense)!,
    bias: network.vector(network.parameters, dense, "biases"),
    output,
  });
}

/** Channels at their places on the device; between them stand zeros. */
function spread(values: Float32Array, { positions, size }: ChannelLayout): Float32Array<ArrayBuffer> {
  const channels = positions.length;
  const padded = new Float32Array((values.length / channels) * size);
  if (channels === size) padded.set(values);
  else {
    for (let from = 0, to = 0; from < values.length; from += channels, to += size) {
      for (let channel = 0; channel < channels; channel++) padded[to + positions[channel]!] = values[from + channel]!;
    }
  }
  return padded;
}

function gathered(padded: Float32Array, { positions, size }: ChannelLayout): Float32Array {
  const channels = positions.length;
  if (channels === size) return padded;
  const values = new Float32Array((padded.length / size) * channels);
  for (let from = 0, to = 0; from < padded.length; from += size, to += channels) {
    for (let channel = 0; channel < channels; channel++) values[to + channel] = padded[from + positions[channel]!]!;
  }
  return values;
}
