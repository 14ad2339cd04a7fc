import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, loadLayersModel } from "@tensorflow/tfjs-layers";
import type { ExportFile } from "../../src/export/zip";

// Else it advises another backend on the console.
tf.env().set("IS_TEST", true);

/** Files by name, each made once. */
export async function madeFiles(files: readonly ExportFile[]): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const made = files.map(async ({ name, make }) => [name, Uint8Array.from(await make())] as const);
  return new Map(await Promise.all(made));
}

/**
 * TensorFlow.js' own reader of a model on a server that has these files: it reads model.json at `path`, and nothing else but the files that its manifest
 * names, beside it.
 */
export function servedModel(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>, path: string): tf.io.IOHandler {
  const fetchFunc: typeof fetch = async (url) => {
    const bytes = files.get(String(url));
    // It would take the empty answer of a 404 for the weights.
    if (bytes === undefined) throw new Error(`the server has no ${url}`);
    return new Response(bytes);
  };
  return tf.io.browserHTTPRequest(path, { fetchFunc });
}

/** The model of these files, loaded as anyone would. */
export function loadedModel(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Promise<LayersModel> {
  const served = new Map([...files].map(([name, bytes]) => [`tfjs/${name}`, bytes]));
  return loadLayersModel(servedModel(served, "tfjs/model.json"));
}

/** What the model gives for images [count, 32, 32, 3], row by row. */
export async function predicted(model: LayersModel, pixels: Float32Array): Promise<{ shape: number[]; logits: Float32Array }> {
  const images = tf.tensor4d(pixels, [pixels.length / 3072, 32, 32, 3]);
  const output = model.predict(images);
  if (Array.isArray(output)) throw new Error("the model has more than one output");
  const logits = Float32Array.from(await output.data());
  tf.dispose([images, output]);
  return { shape: output.shape, logits };
}
