import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { RequestError, TimeoutError } from "@nats-io/transport-node";
import { connected, DEFAULT_SERVER } from "./connection.mjs";
import { MessageError, ServingError } from "./errors.mjs";
import { checkPorts, partNamed, subjectOf } from "./parts.mjs";
import { decode, encode } from "./tensors.mjs";

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 500;
/** Room for the header of a message. */
const HEADER_BYTES = 4096;

/** How the tree is asked: part by part, or each leaf with the image itself. */
export const MODES = /** @type {const} */ (["tree", "paths"]);

/**
 * @typedef {import("./tensors.mjs").Tensor} Tensor
 * @typedef {import("./parts.mjs").Part} Part
 * @typedef {typeof MODES[number]} Mode
 * @typedef {object} ClientOptions
 * @property {string} [server]
 * @property {number} [attemptMs] after which a worker is taken for gone and the request sent again; twice as long each time, since it may be slow
 * @property {number} [deadlineMs] after which a request has failed
 */

/** Asks the workers. A request that is lost is sent again: that costs time, and never changes an answer, since the parts only compute. */
export class SplitnetClient {
  #description;
  #connection;
  #attemptMs;
  #deadlineMs;
  #name = randomUUID();
  #requests = 0;
  /** How often a request was sent again, by reason. */
  retries = { "no answer in time": 0, "no worker": 0, "a worker failed": 0 };

  /**
   * @param {import("./parts.mjs").Description} description
   * @param {Awaited<ReturnType<typeof connected>>} connection
   * @param {ClientOptions} options
   */
  constructor(description, connection, { attemptMs = 5000, deadlineMs = 300_000 }) {
    this.#description = description;
    this.#connection = connection;
    this.#attemptMs = attemptMs;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * @param {import("./parts.mjs").Description} description
   * @param {ClientOptions} [options]
   */
  static async connect(description, options = {}) {
    const { server = DEFAULT_SERVER } = options;
    return new SplitnetClient(description, await connected(server, "splitnet caller"), options);
  }

  async close() {
    await this.#connection.drain();
  }

  /**
   * Most images a request may hold, so that every message on the way fits the server's limit.
   * @param {Mode} mode
   */
  imagesPerRequest(mode) {
    const limit = this.#connection.info?.max_payload ?? 0;
    const { parts, paths } = this.#description;
    const bytes = Math.max(...(mode === "tree" ? parts : paths).map(bytesPerImage));
    const images = Math.floor((limit - HEADER_BYTES) / bytes);
    if (images > 0) return images;
    throw new ServingError(
      `a message of one image has ${bytes + HEADER_BYTES} bytes, the server takes ${limit}`,
      "Raise max_payload in nats.conf, or ask the paths.",
    );
  }

  /**
   * The logits of whitened images [N, 3, 32, 32]: [N, classes] in class order.
   * @param {Tensor} images
   * @param {Mode} mode
   * @returns {Promise<Tensor>}
   */
  async ask(images, mode) {
    const [count = 0] = images.shape;
    const { classes, parts, paths } = this.#description;
    const logits = { shape: [count, classes], data: new Float32Array(count * classes) };
    const asked = mode === "tree" ? parts.slice(0, 1) : paths;
    await Promise.all(asked.map((part) => this.#descend(part, images, logits)));
    return logits;
  }

  /**
   * Asks a part, then the parts below it side by side, and puts the logits of each leaf at its classes.
   * @param {Part} part
   * @param {Tensor} input
   * @param {Tensor} logits
   * @returns {Promise<void>}
   */
  async #descend(part, input, logits) {
    const given = await this.#request(part, input);
    if (part.classes !== null) return placeColumns(logits, given(part.outputs[0]?.name ?? ""), part.classes);
    const below = part.children.map((name) => partNamed(this.#description, name));
    await Promise.all(below.map((child) => this.#descend(child, given(child.input.name), logits)));
  }

  /**
   * Sends until there is an answer. Gives a function from the name of an output to its value.
   * @param {Part} part
   * @param {Tensor} input
   */
  async #request(part, input) {
    checkPorts(new Map([[part.input.name, input]]), [part.input], part.name);
    const request = `${this.#name}.${++this.#requests}`;
    const payload = encode(new Map([[part.input.name, input]]), { request, part: part.name });
    const startedAt = performance.now();
    let attemptMs = this.#attemptMs;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      const outcome = await this.#attempt(part, payload, attemptMs);
      if (typeof outcome !== "string") return checkedAnswer(outcome, part, request, input.shape[0] ?? 0);
      this.retries[outcome]++;
      if (outcome === "no answer in time") attemptMs *= 2;
      if (performance.now() - startedAt + waitMs > this.#deadlineMs) {
        throw new ServingError(
          `${part.name}: ${outcome}, for ${this.#deadlineMs} ms`,
          `Start: node worker.mjs --part ${part.name}`,
        );
      }
      await sleep(waitMs);
    }
  }

  /**
   * One attempt: the answer, or why another may do better.
   * @param {Part} part
   * @param {Uint8Array} payload
   * @param {number} timeout in milliseconds
   */
  async #attempt(part, payload, timeout) {
    let data;
    try {
      const subject = subjectOf(this.#description, part);
      ({ data } = await this.#connection.request(subject, payload, { timeout }));
    } catch (error) {
      if (error instanceof TimeoutError) return "no answer in time";
      if (error instanceof RequestError && error.isNoResponders()) return "no worker";
      throw error;
    }
    const message = decode(data);
    const { error, final, cure } = message.notes;
    if (error === undefined) return message;
    if (final !== undefined) throw new MessageError(error, cure);
    return "a worker failed";
  }
}

/** @param {Part} part */
function bytesPerImage({ input, outputs }) {
  const bytes = (/** @type {import("./parts.mjs").Port} */ { shape }) =>
    4 * shape.reduce((product, extent) => product * extent, 1);
  return Math.max(
    bytes(input),
    outputs.reduce((sum, port) => sum + bytes(port), 0),
  );
}

/**
 * Throws MessageError unless it is the answer to that request.
 * @param {import("./tensors.mjs").Message} message
 * @param {Part} part
 * @param {string} request
 * @param {number} count of images
 */
function checkedAnswer({ tensors, notes }, part, request, count) {
  const { request: of = "no request", part: by = "nobody" } = notes;
  if (of !== request || by !== part.name) throw new MessageError(`${part.name}: got the answer of ${by} to ${of}`);
  const images = checkPorts(tensors, part.outputs, `answer of ${part.name}`);
  if (images !== count) throw new MessageError(`${part.name}: an answer for ${images} images, asked for ${count}`);
  return (/** @type {string} */ name) => {
    const tensor = tensors.get(name);
    if (tensor === undefined)
      throw new ServingError(`${part.name}: gives no ${name}`, "parts.json is damaged: unpack the bundle anew.");
    return tensor;
  };
}

/**
 * Column k of `columns` becomes column `classes[k]` of `whole`.
 * @param {Tensor} whole
 * @param {Tensor} columns
 * @param {readonly number[]} classes
 */
function placeColumns(whole, columns, classes) {
  const width = whole.shape[1] ?? 0;
  columns.data.forEach((value, index) => {
    const [row, column] = [Math.floor(index / classes.length), index % classes.length];
    whole.data[row * width + (classes[column] ?? 0)] = value;
  });
}
