// node ask.mjs: sends the images of check.safetensors through the workers and compares with the logits there, or those of --images FILE.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { askInBatches } from "./batches.mjs";
import { SplitnetClient } from "./client.mjs";
import { DEFAULT_SERVER } from "./connection.mjs";
import { fail, ServingError } from "./errors.mjs";
import { readDescription } from "./parts.mjs";
import { decode, encode } from "./tensors.mjs";

/** Of the largest logit: what another arithmetic may differ by. */
const TOLERANCE = 1e-3;
const IN_FLIGHT = 4;

async function main() {
  const { values } = parseArgs({
    options: {
      batch: { type: "string", default: "16" },
      images: { type: "string", default: join(import.meta.dirname, "..", "check.safetensors") },
      out: { type: "string" },
      paths: { type: "boolean", default: false },
      parts: { type: "string", default: join(import.meta.dirname, "parts.json") },
      server: { type: "string", default: DEFAULT_SERVER },
    },
  });
  const most = Number(values.batch);
  if (!Number.isSafeInteger(most) || most < 1)
    throw new ServingError(`--batch ${values.batch}: not a number of images`, "Give 1 or more.");
  const { image, logits: expected } = await readImages(values.images);
  const client = await SplitnetClient.connect(await readDescription(values.parts), { server: values.server });
  const mode = values.paths ? "paths" : "tree";
  const batch = Math.min(most, client.imagesPerRequest(mode));
  const startedAt = performance.now();
  const logits = await askInBatches(client, image, { mode, batch, inFlight: IN_FLIGHT });
  const seconds = (performance.now() - startedAt) / 1000;
  await client.close();
  const [count = 0] = logits.shape;
  console.log(`${count} images in ${seconds.toFixed(2)} s, ${batch} a request: ${(count / seconds).toFixed(0)} images a second`);
  if (values.out !== undefined) await writeFile(values.out, encode(new Map([["logits", logits]]), { format: "pt" }));
  if (expected !== undefined) compare(logits, expected);
}

/** @param {string} file */
async function readImages(file) {
  let bytes;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new ServingError(`${file}: cannot be read`, "Name a safetensors file with `image` [N, 3, 32, 32].", { cause: error });
  }
  const { tensors } = decode(bytes);
  const image = tensors.get("image");
  if (image === undefined)
    throw new ServingError(`${file}: holds no tensor named image`, "Name the whitened images [N, 3, 32, 32] so.");
  return { image, logits: tensors.get("logits") };
}

/**
 * @param {import("./tensors.mjs").Tensor} logits
 * @param {import("./tensors.mjs").Tensor} expected
 */
function compare(logits, expected) {
  if (logits.shape.join() !== expected.shape.join()) {
    throw new ServingError(`logits [${logits.shape}], the file has [${expected.shape}]`, "The images belong to another network.");
  }
  let [largest, difference] = [0, 0];
  logits.data.forEach((value, index) => {
    const known = expected.data[index] ?? Number.NaN;
    largest = Math.max(largest, Math.abs(known));
    difference = Math.max(difference, Math.abs(value - known));
  });
  const share = difference / largest;
  console.log(`largest difference to the file: ${share.toExponential(1)} of the largest logit`);
  // Written so that a difference which is no number fails too.
  if (!(share <= TOLERANCE)) throw new ServingError(`more than ${TOLERANCE}`, "The workers serve another bundle.");
}

main().catch((error) => fail("ask", error));
