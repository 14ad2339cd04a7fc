import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { root } from "../scripts/lib/project.mjs";
import { type Description, readDescription } from "../serving/parts.mjs";
import { filled } from "../src/base/tensor";
import { encodeSafetensors } from "../src/export/safetensors";
import { servingBundle } from "./support/serving-bundle";
import { ServingProcesses } from "./support/serving-processes";

/** The programs as a person with nothing but the bundle runs them: a deep tree, its images and logits from the bundle itself. */

let processes: ServingProcesses;
let description: Description;

// Every program compiles 14 MB of WebAssembly, beside other tests.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

beforeAll(async () => {
  processes = new ServingProcesses(
    await servingBundle({ grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 }),
  );
  description = await readDescription(join(processes.folder, "serving", "parts.json"));
  await processes.startServer();
});
afterAll(() => processes.close());

const ask = (...args: string[]) => processes.run("ask.mjs", ["--server", processes.server, ...args]);

test("seven workers give the logits of check.safetensors, four paths do too, and other logits are an error", async () => {
  const parts = ["trunk", "branch_1", "branch_1_1", "branch_1_2", "branch_2", "branch_2_1", "branch_2_2"];
  expect(description.parts.map(({ name }) => name)).toEqual(parts);
  await Promise.all(parts.map((part) => processes.startWorker(part)));
  const asked = await ask();
  expect(asked.printed).toMatch(
    /^4 images in \d+\.\d\d s, 16 a request: \d+ images a second\nlargest difference to the file: \d\.\de-[678] of/,
  );
  expect(asked.code).toBe(0);

  const paths = ["path_1_1", "path_1_2", "path_2_1", "path_2_2"];
  expect(description.paths.map(({ name }) => name)).toEqual(paths);
  await Promise.all(paths.map((path) => processes.startWorker(path)));
  const out = join(processes.folder, "logits.safetensors");
  const asPaths = await ask("--paths", "--out", out);
  expect(asPaths.printed).toMatch(/largest difference to the file: \d\.\de-[678] of/);
  expect(readFileSync(out).byteLength).toBeGreaterThan(4 * 9 * 4);

  const readme = readFileSync(join(processes.folder, "serving", "README.md"), "utf8");
  const example = readme.match(/```js\n([\s\S]*?)```/)![1]!.replace("nats://127.0.0.1:4222", processes.server);
  writeFileSync(
    join(processes.folder, "serving", "example.mjs"),
    `${example.replace("parts.json", "serving/parts.json")}console.log(logits.shape.join());\n`,
  );
  expect(await processes.run("example.mjs", [])).toEqual({ code: 0, printed: "1,9\n" });

  const other = join(processes.folder, "other.safetensors");
  const tensors = new Map([
    ["image", filled([4, 3, 32, 32], 0.5)],
    ["logits", filled([4, 9], 1)],
  ] as const);
  writeFileSync(other, encodeSafetensors(tensors, {}));
  const differing = await ask("--images", other);
  expect(differing.printed).toMatch(/of the largest logit\nask: more than 0.001. The workers serve another bundle.\n$/);
  expect(differing.code).toBe(1);
});

test.each([
  ["worker.mjs", [], /^worker: --part is missing. Name the part to serve: --part trunk.\n$/],
  ["worker.mjs", ["--part", "branch_3"], /^worker: branch_3: no such part. Choose one of trunk, branch_1, .*path_2_2.\n$/],
  [
    "worker.mjs",
    ["--parts", "none.json", "--part", "trunk"],
    /^worker: none.json: cannot be read as JSON. Unpack the whole bundle/,
  ],
  [
    "worker.mjs",
    ["--part", "trunk", "--server", "nats://127.0.0.1:9"],
    /^worker: nats:.*:9: no connection \(.*\). Start a server with/,
  ],
  ["ask.mjs", ["--batch", "0"], /^ask: --batch 0: not a number of images. Give 1 or more.\n$/],
  ["ask.mjs", ["--images", "none.safetensors"], /^ask: none.safetensors: cannot be read. Name a safetensors file with/],
  ["ask.mjs", ["--images", "serving/nats.conf"], /^ask: message: a header of \d+ bytes in \d+./],
])("%s %j ends with one line of cause and cure", async (program, args, line) => {
  const { code, printed } = await processes.run(program, args);
  expect(printed).toMatch(line);
  expect(printed.trimEnd().split("\n").length).toBe(1);
  expect(code).toBe(1);
});

test("a worker whose file was damaged or belongs elsewhere does not start", async () => {
  const onnx = join(processes.folder, "onnx");
  writeFileSync(join(onnx, "branch_1.onnx"), readFileSync(join(onnx, "branch_2.onnx")));
  const wrong = await processes.run("worker.mjs", ["--part", "branch_1", "--server", processes.server]);
  expect(wrong.printed).toMatch(/takes to_branch_2 and gives .* parts.json belongs to another bundle./);
  writeFileSync(join(onnx, "branch_1.onnx"), readFileSync(join(onnx, "branch_2.onnx")).subarray(0, 1000));
  const damaged = await processes.run("worker.mjs", ["--part", "branch_1", "--server", processes.server]);
  expect(damaged.printed).toContain("branch_1.onnx: cannot be loaded. Unpack the bundle anew");
  expect(damaged.code).toBe(1);
});

test("the bundle holds every program of the folder, which need nothing but Node and the packages that package.json names", () => {
  const folder = join(root, "serving");
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && entry.name !== "tsconfig.json");
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const known = new Set([...Object.keys(manifest.dependencies), ...files.map(({ name }) => `./${name}`)]);
  for (const { name } of files) {
    const text = readFileSync(join(folder, name), "utf8");
    expect(readFileSync(join(processes.folder, "serving", name), "utf8"), name).toBe(text);
    const imported = [...text.matchAll(/^import .*"([^"]+)";$|import\("([^"]+)"\)/gm)].map((match) => match[1] ?? match[2]!);
    expect(
      imported.filter((module) => !module.startsWith("node:") && !known.has(module)),
      name,
    ).toEqual([]);
  }
  const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect({ ...own.dependencies, ...own.devDependencies }, "tested with the same versions").toMatchObject(manifest.dependencies);
});
