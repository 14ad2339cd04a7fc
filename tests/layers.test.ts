import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../scripts/lib/project.mjs";

/** The law (ARCHITECTURE.md): what each layer may import. The type checker and the linter are held against this table. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  model: ["base"],
  data: ["base"],
  splitnet: ["base", "model"],
  reference: ["base", "model"],
  export: ["base", "model", "splitnet"],
  protocol: ["base", "model", "splitnet"],
  kernels: ["base"],
  train: ["base", "model", "data", "splitnet", "kernels"],
  storage: ["base", "model"],
  "storage/folder": ["base", "model", "storage"],
  engine: ["base", "model", "data", "splitnet", "export", "kernels", "train", "storage"],
  verify: ["base", "model", "splitnet", "export"],
  worker: ["base", "model", "data", "splitnet", "export", "protocol", "kernels", "train", "storage", "engine", "verify"],
  cli: ["base", "model", "data", "splitnet", "export", "kernels", "train", "storage", "storage/folder", "engine", "verify"],
  bench: ["base", "model", "data", "splitnet", "kernels", "train"],
  state: ["base", "model", "splitnet", "protocol"],
  ui: ["base", "model", "splitnet", "protocol", "state"],
};
const LAYERS = Object.keys(MAY_IMPORT);

/** A source tree with the project's own rules in which every layer imports every other once, types only. */
let tree: string;

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), "splitnet-layers-"));
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"), "junction");
  for (const file of ["tsconfig.base.json", "biome.json", "biome.layers.json", "scripts/lint"]) {
    cpSync(join(root, file), join(tree, file), { recursive: true });
  }
  for (const from of LAYERS) {
    const folder = join(tree, "src", from);
    mkdirSync(folder, { recursive: true });
    cpSync(join(root, "src", from, "tsconfig.json"), join(folder, "tsconfig.json"));
    writeFileSync(join(folder, "value.ts"), "export type Value = number;\n");
    for (const to of LAYERS.filter((to) => to !== from)) writeFileSync(join(tree, fileOf(from, to)), importing(from, to));
  }
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

function write(file: string, source: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), `${source}\n`);
}

const fileOf = (from: string, to: string) => `src/${from}/imports-${to.replace("/", "-")}.ts`;

function importing(from: string, to: string): string {
  const up = dirname(fileOf(from, to))
    .split("/")
    .slice(1)
    .map(() => "..")
    .join("/");
  return `import type { Value } from "${up}/${to}/value";\n\nexport type Copy = Value;\n`;
}

function forbiddenFiles(): string[] {
  const pairs = LAYERS.flatMap((from) => LAYERS.filter((to) => to !== from).map((to) => ({ from, to })));
  return pairs.filter(({ from, to }) => !MAY_IMPORT[from]!.includes(to)).map(({ from, to }) => fileOf(from, to));
}

/** Output of a tool of the project, run in the tree. */
function outputOf(tool: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(join(root, "node_modules", ".bin", tool), args, { cwd: tree, encoding: "utf8" });
  return stdout + stderr;
}

const filesIn = (output: string) => [...new Set(output.match(/src\/[\w/]+\/imports-[\w-]+\.ts/g))].sort();

test("the linter refuses exactly the forbidden imports, types included, and names the rule", () => {
  const output = outputOf("biome", "lint", "--vcs-enabled=false", "--max-diagnostics=none", "--reporter=github", "src");
  expect(filesIn(output)).toEqual(forbiddenFiles().sort());
  expect(output).toContain("base imports nothing");
});

test("the type checker refuses exactly the forbidden imports, types included", () => {
  const output = outputOf("tsc", "-b", "--pretty", "false", ...LAYERS.map((layer) => `src/${layer}`));
  expect(filesIn(output)).toEqual(forbiddenFiles().sort());
});

test.each([
  ["src/base/clock.ts", "export const now = () => Date.now();", "takes time and chance as arguments"],
  ["src/train/chance.ts", "export const draw = () => Math.random();", "takes time and chance as arguments"],
  ["src/export/disk.ts", 'import { readFileSync } from "node:fs";\n\nexport const read = readFileSync;', "noNodejsModules"],
  [
    "src/splitnet/engine.ts",
    'export { add } from "@tensorflow/tfjs-core";',
    "tfjs is imported by kernels, train, verify and bench only",
  ],
  ["src/train/peer.ts", 'export { jit } from "@jax-js/jax";', "jax-js is imported by bench only"],
  ["src/state/view.ts", 'import { useState } from "react";\n\nexport const use = useState;', "React is imported by ui only"],
  ["src/ui/curves/panel.ts", 'export type { Value } from "../groups/value";', "never another feature"],
  ["src/ui/curves/deep.ts", 'export type { Value } from "../../engine/value";', "ui imports state, protocol"],
  ["src/engine/dawn.ts", 'export { create } from "webgpu";', "a device is passed in"],
  ["src/model/all.ts", 'export * from "./value";', "noReExportAll"],
  ["src/data/loose.ts", "export const loose = (x: any) => x;", "noExplicitAny"],
  [
    "src/worker/lost.ts",
    "async function save(): Promise<void> {}\n\nexport function stop(): void {\n  save();\n}",
    "noFloatingPromises",
  ],
  ["src/data/focused.test.ts", 'import { test } from "vitest";\n\ntest.only("one", () => {});', "noFocusedTests"],
])("the linter refuses %s", (file, source, rule) => {
  write(file, source);
  expect(outputOf("biome", "lint", "--vcs-enabled=false", "--reporter=github", file)).toContain(rule);
});

test.each([
  ["src/cli/disk.ts", 'import { readFileSync } from "node:fs";\n\nexport const read = readFileSync;'],
  ["src/storage/folder/disk.ts", 'import { readFileSync } from "node:fs";\n\nexport const read = readFileSync;'],
  ["src/worker/clock.ts", "export const now = () => Date.now();"],
  ["src/kernels/tensors.ts", 'import { add } from "@tensorflow/tfjs-core";\n\nexport const sum = add;'],
  ["src/verify/tensors.ts", 'import { add } from "@tensorflow/tfjs-core";\n\nexport const sum = add;'],
  ["src/bench/peer.ts", 'import { jit } from "@jax-js/jax";\n\nexport const compile = jit;'],
  ["src/ui/curves/kit.ts", 'import type { Value } from "../kit/value";\n\nexport const one: Value = 1;'],
  ["src/base/upward.test.ts", 'import type { Value } from "../train/value";\n\nexport const one: Value = 1;'],
])("the linter accepts %s", (file, source) => {
  write(file, source);
  expect(outputOf("biome", "lint", "--vcs-enabled=false", "--reporter=github", file)).not.toContain("::error");
});
