import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { root } from "../../scripts/lib/project.mjs";
import { type HostTensor, hostTensor } from "../../src/base/tensor";
import { runTfjs } from "../../src/verify/tfjs-runtime";
import { runPython } from "./python";
import type { UnpackedBundle } from "./unpacked-bundle";

ort.env.wasm.numThreads = 1;

/** Gives the logits [N, classes] in class order for whitened images [N, 3, 32, 32], out of the files of a bundle alone. */
export type ExportFormat = (bundle: UnpackedBundle, images: HostTensor) => HostTensor | Promise<HostTensor>;

/** Every way out of the studio that computes logits. */
export const EXPORT_FORMATS: Readonly<Record<string, ExportFormat>> = {
  "ONNX, whole": async ({ folder }, images) => {
    const { logits } = await runOnnx(join(folder, "onnx/model.onnx"), { image: tensorOf(images) });
    return hostOf(logits!);
  },
  "ONNX, trunk + branches + merge": onnxParts,
  "ONNX, every path": onnxPaths,
  "TensorFlow.js": ({ folder, names }, images) => {
    const own = names.filter((name) => name.startsWith("tfjs/"));
    return runTfjs(new Map(own.map((name) => [name, readFileSync(join(folder, name))])), "tfjs/model.json", images);
  },
  "PyTorch, whole": (bundle) => pytorch(bundle, "whole"),
  "PyTorch, every branch": (bundle) => pytorch(bundle, "branches"),
};

/** Every node of the tree in a session of its own; each is in the archive after what it takes. */
async function onnxParts({ folder, names }: UnpackedBundle, images: HostTensor): Promise<HostTensor> {
  const values: Record<string, ort.Tensor> = { image: tensorOf(images) };
  const parts = names.filter((name) => /^onnx\/(trunk|branch_\w+)\.onnx$/.test(name));
  for (const name of [...parts, "onnx/merge.onnx"]) Object.assign(values, await runOnnx(join(folder, name), values));
  return hostOf(values.logits!);
}

interface BundleConfig {
  readonly classes: readonly string[];
  readonly classGroups: readonly { readonly branch: string; readonly classes: readonly { readonly label: number }[] }[];
}

/** Every leaf's graph on its own, its logits put where config.json says. */
async function onnxPaths({ folder }: UnpackedBundle, images: HostTensor): Promise<HostTensor> {
  const config: BundleConfig = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
  const count = images.shape[0]!;
  const all = new Float32Array(count * config.classes.length).fill(Number.NaN);
  for (const { branch, classes } of config.classGroups) {
    const file = `onnx/${branch.replace("branch", "path").replaceAll(/[ .]/g, "_")}.onnx`;
    const logits = hostOf((await runOnnx(join(folder, file), { image: tensorOf(images) })).logits!);
    logits.data.forEach((value, index) => {
      const [image, column] = [Math.floor(index / classes.length), index % classes.length];
      all[image * config.classes.length + classes[column]!.label] = value;
    });
  }
  return hostTensor([count, config.classes.length], all);
}

/** Gives the graph the inputs it names. */
async function runOnnx(
  file: string,
  values: Readonly<Record<string, ort.Tensor>>,
): Promise<Readonly<Record<string, ort.Tensor>>> {
  const session = await ort.InferenceSession.create(readFileSync(file));
  const output = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, values[name]!])));
  await session.release();
  return output;
}

/** Through splitnet.py, in a process of its own, on the images of check.safetensors. */
async function pytorch({ folder }: UnpackedBundle, what: "whole" | "branches"): Promise<HostTensor> {
  const script = join(root, "tests", "python", "splitnet_logits.py");
  const { shape, values }: { shape: number[]; values: number[] } = JSON.parse(await runPython(folder, [script, what]));
  return hostTensor(shape, Float32Array.from(values));
}

function tensorOf({ shape, data }: HostTensor): ort.Tensor {
  return new ort.Tensor("float32", data, shape);
}

function hostOf({ dims, data }: ort.Tensor): HostTensor {
  return hostTensor(dims, Float32Array.from(data, Number));
}
