// parts.json of the bundle: what every part takes and gives, and who takes it on.
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { MessageError, ServingError } from "./errors.mjs";

/**
 * A value without its first extent, the number of images.
 * @typedef {{ readonly name: string, readonly shape: readonly number[] }} Port
 *
 * `classes` are those of its logits, null where its `children` decide.
 * @typedef {object} Part
 * @property {string} name
 * @property {string} file
 * @property {Port} input
 * @property {readonly Port[]} outputs
 * @property {readonly string[]} children
 * @property {readonly number[] | null} classes
 *
 * @typedef {object} Description
 * @property {string} model which weights these are: part of every subject, so that two bundles may share a server
 * @property {number} classes
 * @property {readonly Part[]} parts the nodes of the tree, the trunk first
 * @property {readonly Part[]} paths from the image to the logits of each leaf
 */

const FORMAT = 1;

/**
 * @param {string} file
 * @returns {Promise<Description>}
 */
export async function readDescription(file) {
  const cure = "Unpack the whole bundle and run the program in its folder serving, or name the file with --parts.";
  let read;
  try {
    read = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new ServingError(`${file}: cannot be read as JSON`, cure, { cause: error });
  }
  if (read.format !== FORMAT) throw new ServingError(`${file}: format ${read.format}, expected ${FORMAT}`, cure);
  const placed = (/** @type {Part} */ part) => ({ ...part, file: resolve(dirname(file), part.file) });
  return { ...read, parts: read.parts.map(placed), paths: read.paths.map(placed) };
}

/**
 * @param {Description} description
 * @param {string} name
 */
export function partNamed({ parts, paths }, name) {
  const all = [...parts, ...paths];
  const found = all.find((part) => part.name === name);
  if (found !== undefined) return found;
  throw new ServingError(`${name}: no such part`, `Choose one of ${all.map((part) => part.name).join(", ")}.`);
}

/**
 * Where requests to a part go. Its workers share them.
 * @param {Description} description
 * @param {Part} part
 */
export const subjectOf = ({ model }, { name }) => `splitnet.${model}.${name}`;

/**
 * Throws MessageError unless the tensors are those of the ports, for the same number of images each; gives that number.
 * @param {import("./tensors.mjs").Tensors} tensors
 * @param {readonly Port[]} ports
 * @param {string} what
 * @returns {number}
 */
export function checkPorts(tensors, ports, what) {
  const images = tensors.get(ports[0]?.name ?? "")?.shape[0] ?? 0;
  const expected = ports.map(({ name, shape }) => `${name} [${[images || "N", ...shape].join(", ")}]`).join(", ");
  const actual = [...tensors].map(([name, { shape }]) => `${name} [${shape.join(", ")}]`).join(", ") || "nothing";
  if (images === 0 || actual !== expected) throw new MessageError(`${what}: expected ${expected}, got ${actual}`);
  return images;
}
