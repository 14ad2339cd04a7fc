import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel, version_layers } from "@tensorflow/tfjs-layers";
import { CheckpointError } from "../base/errors";
import { type HostTensor, hostTensor } from "../base/tensor";

/** What the LayersModel at `path`, one of the files, gives for images [count, 3, 32, 32]: logits [count, classes]. */
export type RunTfjs = (files: ReadonlyMap<string, Uint8Array>, path: string, images: HostTensor) => Promise<HostTensor>;

/** TensorFlow.js as anyone loads a model with it, on its plain JavaScript backend: slow, and without a program of ours in the way. */
export const runTfjs: RunTfjs = async (files, path, images) => {
  // Else it advises other backends on the console.
  tf.env().set("IS_TEST", true);
  await tf.setBackend("cpu");
  const model = await loadLayersModel(tf.io.browserHTTPRequest(path, { fetchFunc: served(files) }));
  const input = tf.tidy(() => tf.transpose(tf.tensor(images.data, [...images.shape]), [0, 2, 3, 1]));
  const output = model.predict(input);
  if (Array.isArray(output)) throw new CheckpointError(`${path} has more than one output`, "Export the model again.");
  try {
    return hostTensor(output.shape, Float32Array.from(await output.data()));
  } finally {
    tf.dispose([input, output]);
    model.dispose();
  }
};

export interface TfjsProgram {
  readonly version: string;
  readonly run: RunTfjs;
}

export const tfjsProgram: TfjsProgram = { version: version_layers, run: runTfjs };

/** A server that has these files and no others. */
function served(files: ReadonlyMap<string, Uint8Array>): typeof fetch {
  return async (url) => {
    const bytes = files.get(String(url));
    if (bytes === undefined) throw new CheckpointError(`${url} is missing`, "Export the model again.");
    return new Response(Uint8Array.from(bytes));
  };
}
