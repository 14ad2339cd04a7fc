import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { root } from "../scripts/lib/project.mjs";
import { PartSession } from "../serving/part-session.mjs";
import { type Description, readDescription } from "../serving/parts.mjs";
import { type HostTensor, type NamedTensors, tensorNamed } from "../src/base/tensor";
import { PYTHON_TIMEOUT_MS, runPython } from "./support/python";
import { noise, servingBundle } from "./support/serving-bundle";
import { answersOfOneProcess } from "./support/serving-reference";
import type { UnpackedBundle } from "./support/unpacked-bundle";

const IMAGES = noise(2);
let bundle: UnpackedBundle;
let description: Description;

vi.setConfig({ testTimeout: PYTHON_TIMEOUT_MS, hookTimeout: PYTHON_TIMEOUT_MS });

beforeAll(async () => {
  bundle = await servingBundle({ grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 });
  description = await readDescription(join(bundle.folder, "serving", "parts.json"));
  writeFileSync(join(bundle.folder, "recorded.json"), JSON.stringify(await recorded()));
});
afterAll(() => bundle.remove());

/** What every part and path takes and gives for the images, in ONNX Runtime. */
async function recorded(): Promise<unknown> {
  const values = new Map([["image", IMAGES]]);
  const parts: Record<string, unknown> = {};
  for (const part of [...description.parts, ...description.paths]) {
    const inputs: NamedTensors = new Map([[part.input.name, tensorNamed(values, part.input.name)]]);
    const outputs = await (await PartSession.load(part)).run(inputs);
    for (const [name, tensor] of outputs) values.set(name, tensor);
    parts[`${part.name}.onnx`] = { inputs: plain(inputs), outputs: plain(outputs) };
  }
  return { image: plain(new Map([["image", IMAGES]])).image, parts };
}

const plain = (tensors: NamedTensors): Record<string, unknown> =>
  Object.fromEntries([...tensors].map(([name, { shape, data }]) => [name, { shape, data: Array.from(data) }]));

interface Outcome {
  readonly started: readonly {
    readonly name: string;
    readonly providers?: readonly string[];
    readonly ray_actor_options?: object;
  }[];
  readonly shape: readonly number[];
  readonly logits: readonly number[];
  readonly refused: readonly (readonly [number, string])[];
}

async function served(...args: string[]): Promise<Outcome> {
  const program = join(root, "tests", "python", "serve_app_run.py");
  return JSON.parse(await runPython(bundle.folder, [program, "serving", "recorded.json", ...args]));
}

const valuesOf = ({ data }: HostTensor): number[] => Array.from(data);

test("serve_app.py compiles, and needs nothing but the standard library and what requirements.txt names", async () => {
  const program = `
import ast, sys
tree = ast.parse(open(sys.argv[1]).read())
compile(tree, "serve_app.py", "exec")
modules = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
modules += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
print(*sorted({name.split(".")[0] for name in modules} - sys.stdlib_module_names))`;
  // starlette comes with ray[serve].
  expect((await runPython(bundle.folder, ["-c", program, "serving/serve_app.py"])).trim()).toBe(
    "numpy onnxruntime ray starlette",
  );
});

test("every part is a deployment that gets its share of what the part above gives, and logits end at their classes", async () => {
  const { started, shape, logits, refused } = await served();
  expect(shape).toEqual([2, 9]);
  expect(logits).toEqual(valuesOf(await answersOfOneProcess(description, IMAGES, 2)));
  expect(started.map(({ name }) => name).sort()).toEqual(["Network", ...description.parts.map(({ name }) => name)].sort());
  for (const { providers } of started.slice(0, -1)) expect(providers).toEqual(["CPUExecutionProvider"]);
  expect(refused.map(([status]) => status)).toEqual([400, 400, 400, 400, 400]);
  for (const [, text] of refused.slice(0, 2)) expect(text).toMatch(/^the body is no .npy file: /);
  expect(refused[3]![1]).toBe("expected float32 images [N, 3, 32, 32], got float32 [2, 3, 31, 32]\n");
});

test("with paths=true every leaf is one deployment that takes the image", async () => {
  const { started, logits } = await served("paths=true", "gpus=0.5", "cpus=0.25");
  const expected = valuesOf(await answersOfOneProcess(description, IMAGES, 2));
  const largest = Math.max(...expected.map(Math.abs));
  // A path sums what its trunk and branches sum, in another memory layout.
  for (const [index, value] of logits.entries()) expect(Math.abs(value - expected[index]!) / largest).toBeLessThan(1e-5);
  const names = ["path_1_1", "path_1_2", "path_2_1", "path_2_2"];
  expect(started.map(({ name }) => name)).toEqual([...names, "Network"]);
  expect(started.at(-1)!.ray_actor_options).toEqual({ num_cpus: 0.25, num_gpus: 0 });
  for (const { ray_actor_options: options, providers } of started.slice(0, -1)) {
    expect(options).toEqual({ num_cpus: 0.25, num_gpus: 0.5 });
    expect(providers).toEqual(["CUDAExecutionProvider", "CPUExecutionProvider"]);
  }
});
