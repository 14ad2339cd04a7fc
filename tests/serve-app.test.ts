import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../scripts/lib/project.mjs";
import { PartSession } from "../serving/part-session.mjs";
import { type Description, readDescription } from "../serving/parts.mjs";
import { type HostTensor, type NamedTensors, tensorNamed } from "../src/base/tensor";
import { exampleInput, noise, unpackBundle } from "./support/example-bundle";
import { answersOfOneProcess } from "./support/serving-reference";

const IMAGES = noise(2);
const folder = mkdtempSync(join(tmpdir(), "splitnet-serve-app-"));
const serving = join(folder, "serving");
let description: Description;

beforeAll(async () => {
  await unpackBundle(
    await exampleInput({ grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 }),
    folder,
  );
  description = await readDescription(join(serving, "parts.json"));
  writeFileSync(join(folder, "recorded.json"), JSON.stringify(await recorded()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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

/** Output of Python; a missing one, or one without NumPy, fails and says what to install. */
function python(...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync("python3", args, { encoding: "utf8" });
  if (error !== undefined)
    throw new Error("no python3 here: install Debian's packages python3 and python3-numpy", { cause: error });
  if (stderr.includes("No module named 'numpy'")) throw new Error("python3 has no NumPy: install Debian's package python3-numpy");
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

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

const served = (...args: string[]): Outcome =>
  JSON.parse(python(join(root, "tests", "python", "serve_app_run.py"), serving, join(folder, "recorded.json"), ...args));

const valuesOf = ({ data }: HostTensor): number[] => Array.from(data);

test("serve_app.py compiles, and needs nothing but the standard library and what requirements.txt names", () => {
  const program = `
import ast, sys
tree = ast.parse(open(sys.argv[1]).read())
compile(tree, "serve_app.py", "exec")
modules = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
modules += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
print(*sorted({name.split(".")[0] for name in modules} - sys.stdlib_module_names))`;
  // starlette comes with ray[serve].
  expect(python("-c", program, join(serving, "serve_app.py")).trim()).toBe("numpy onnxruntime ray starlette");
});

test("every part is a deployment that gets its share of what the part above gives, and logits end at their classes", async () => {
  const { started, shape, logits, refused } = served();
  expect(shape).toEqual([2, 9]);
  expect(logits).toEqual(valuesOf(await answersOfOneProcess(description, IMAGES, 2)));
  expect(started.map(({ name }) => name).sort()).toEqual(["Network", ...description.parts.map(({ name }) => name)].sort());
  for (const { providers } of started.slice(0, -1)) expect(providers).toEqual(["CPUExecutionProvider"]);
  expect(refused.map(([status]) => status)).toEqual([400, 400, 400, 400, 400]);
  for (const [, text] of refused.slice(0, 2)) expect(text).toMatch(/^the body is no .npy file: /);
  expect(refused[3]![1]).toBe("expected float32 images [N, 3, 32, 32], got float32 [2, 3, 31, 32]\n");
});

test("with paths=true every leaf is one deployment that takes the image", async () => {
  const { started, logits } = served("paths=true", "gpus=0.5", "cpus=0.25");
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
