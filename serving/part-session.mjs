import { readFile } from "node:fs/promises";
import * as ort from "onnxruntime-web";
import { ServingError } from "./errors.mjs";
import { checkPorts } from "./parts.mjs";

// More threads are more workers: they share nothing, and any of them may end.
ort.env.wasm.numThreads = 1;

/** A part of the network in ONNX Runtime. */
export class PartSession {
  #session;

  /**
   * @param {import("./parts.mjs").Part} part
   * @param {ort.InferenceSession} session
   */
  constructor(part, session) {
    this.part = part;
    this.#session = session;
  }

  /** @param {import("./parts.mjs").Part} part */
  static async load(part) {
    let session;
    try {
      session = await ort.InferenceSession.create(await readFile(part.file));
    } catch (error) {
      throw new ServingError(`${part.file}: cannot be loaded`, "Unpack the bundle anew: its SHA256SUMS tells damaged files.", {
        cause: error,
      });
    }
    const [taken, given] = [session.inputNames.join(), session.outputNames.join()];
    if (taken !== part.input.name || given !== part.outputs.map(({ name }) => name).join()) {
      throw new ServingError(`${part.file}: takes ${taken} and gives ${given}`, "parts.json belongs to another bundle.");
    }
    return new PartSession(part, session);
  }

  /**
   * Throws MessageError where the tensors are not what the part takes.
   * @param {import("./tensors.mjs").Tensors} tensors
   * @returns {Promise<import("./tensors.mjs").Tensors>}
   */
  async run(tensors) {
    const { input, name, outputs } = this.part;
    checkPorts(tensors, [input], name);
    const feeds = [...tensors].map(([key, { shape, data }]) => [key, new ort.Tensor("float32", data, shape)]);
    const given = await this.#session.run(Object.fromEntries(feeds));
    return new Map(outputs.map((port) => [port.name, hostTensor(given[port.name])]));
  }
}

/** @param {ort.Tensor | undefined} tensor */
function hostTensor(tensor) {
  if (!(tensor?.data instanceof Float32Array)) throw new Error(`the model gives ${tensor?.type ?? "nothing"}, not float32`);
  return { shape: tensor.dims, data: tensor.data };
}
