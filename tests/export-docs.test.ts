import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cacheFolder, root } from "../scripts/lib/project.mjs";
import { evaluationBatch } from "../src/data/augment";
import { sampleDataset } from "../src/data/sample";
import { exampleNetwork } from "../src/export/testing";
import { fidelityRules } from "../src/model/fidelity";
import { oracleCheck } from "./support/oracle-check";
import { outputIn, PYTHON_TIMEOUT_MS, runPython } from "./support/python";
import { exampleInput, type UnpackedBundle, unpackBundle } from "./support/unpacked-bundle";

/** Every program of docs/export.md is run as it stands there, in the folder of a bundle. */

const IMAGES = 3;
const CLASSES = 6;
const example = exampleNetwork({ grouping: "2-2-2", blockOrder: "pre-activation", sizes: "uneven", classes: CLASSES });
const leaf = example.plan.classOrder.slice(0, example.plan.spaces.find(({ space }) => space === "classes")!.sizes[0]);
const { dataset } = sampleDataset({ classes: CLASSES, superclasses: 3, train: 6, test: IMAGES, seed: 1 });
const { whiteningGuard } = fidelityRules("sound");
const whitened = evaluationBatch(dataset.test, Uint32Array.of(0, 1, 2), whiteningGuard).images;
const check = oracleCheck(example.network, whitened);

/** What a program prints, and the logits that it leaves, where it leaves any. */
interface Outcome {
  readonly printed: string;
  readonly logits: readonly (readonly number[])[] | null;
}

/** What it must, by its heading and place below it: the classes of its logits' columns. */
interface Expectation {
  readonly prints: RegExp;
  readonly logitsOf: readonly number[] | null;
}

const ALL = Array.from({ length: CLASSES }, (_, label) => label);
const NAME = "'class \\d'";
const EXPECTED: Readonly<Record<string, readonly Expectation[]>> = {
  PyTorch: [
    { prints: new RegExp(`^\\[${NAME}, ${NAME}, ${NAME}\\]$`), logitsOf: ALL },
    { prints: new RegExp(`^\\[${leaf.join(", ")}\\] \\d{5}$`), logitsOf: leaf },
  ],
  safetensors: [
    { prints: /^\d{5} torch\.Size\(\[\d+, \d+, 3, 3\]\)$/, logitsOf: null },
    { prints: /^largest difference: (0\.0|\d\.\d+e-0[5-9])$/, logitsOf: ALL },
    { prints: new RegExp(`^\\[${groupsOf("classes").join(", ")}\\] tensor\\(0\\.[5-9]\\d+\\)$`), logitsOf: null },
  ],
  ONNX: [
    { prints: /^$/, logitsOf: ALL },
    { prints: /^$/, logitsOf: ALL },
    { prints: /^$/, logitsOf: leaf },
  ],
  TensorBoard: [{ prints: /^\[2\.75, 2\.5, 2\.25\]$/, logitsOf: null }],
  "Tables and JSON": [
    { prints: /^\[2\.75, 2\.5, 2\.25\]$/, logitsOf: null },
    {
      prints: new RegExp(`^branch 1: ${leaf.map((label) => `class ${label}`).join(", ")}\nbranch 2: .*\n.*stage_3 \\d+\\+\\d+`),
      logitsOf: null,
    },
  ],
  Checksums: [{ prints: /^complete$/, logitsOf: null }],
};

interface Program {
  readonly heading: string;
  readonly place: number;
  readonly language: string;
  readonly text: string;
}

const PROGRAMS = programsOf(readFileSync(join(root, "docs", "export.md"), "utf8"));

let bundle: UnpackedBundle;
/** Below the project, so that a program finds its packages. */
let scratch: string;
let ofPython: ReadonlyMap<Program, Outcome>;
beforeAll(async () => {
  bundle = await unpackBundle(exampleInput(example, "2-2-2", check));
  mkdirSync(cacheFolder, { recursive: true });
  scratch = mkdtempSync(join(cacheFolder, "export-docs-"));
  writeFileSync(join(scratch, "images.u8"), imageBytes());
  writeFileSync(join(scratch, "pixels.f32"), new Uint8Array(check.images.data.slice().buffer));
  ofPython = await runAllPython(PROGRAMS.filter(({ language }) => language === "python"));
}, PYTHON_TIMEOUT_MS);
afterAll(() => {
  bundle.remove();
  rmSync(scratch, { recursive: true, force: true });
});

test("every program of docs/export.md is expected to do something, and nothing else is", () => {
  const found: Record<string, number> = {};
  for (const { heading } of PROGRAMS) found[heading] = (found[heading] ?? 0) + 1;
  expect(found).toEqual(Object.fromEntries(Object.entries(EXPECTED).map(([heading, list]) => [heading, list.length])));
});

test.each(PROGRAMS.map((program) => [`${program.heading} ${program.place + 1}, ${program.language}`, program] as const))(
  "docs/export.md: %s does what it says",
  async (_, program) => {
    const { printed, logits } = await run(program);
    const { prints, logitsOf } = EXPECTED[program.heading]![program.place]!;
    expect(printed.trim()).toMatch(prints);
    if (logitsOf === null) expect(logits).toBeNull();
    else expectLogits(logits ?? [], logitsOf);
  },
);

/** Fenced programs in order. Tables and prose between them are not. */
function programsOf(markdown: string): Program[] {
  const programs: Program[] = [];
  for (const section of markdown.split(/^## /m).slice(1)) {
    const heading = section.slice(0, section.indexOf("\n"));
    [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].forEach(([, language, text], place) => {
      programs.push({ heading, place, language: language!, text: text! });
    });
  }
  return programs;
}

async function run(program: Program): Promise<Outcome> {
  switch (program.language) {
    case "python":
      return ofPython.get(program)!;
    case "js":
      return runNode(program.text);
    case "sh":
      return { printed: await outputIn(bundle.folder, "sh", ["-c", program.text]), logits: null };
    default:
      throw new Error(`docs/export.md: nothing here runs ${program.language}`);
  }
}

async function runAllPython(programs: readonly Program[]): Promise<ReadonlyMap<Program, Outcome>> {
  const texts = join(scratch, "programs.json");
  writeFileSync(texts, JSON.stringify(programs.map(({ text }) => text)));
  const script = join(root, "tests", "python", "run_programs.py");
  const outcomes: Outcome[] = JSON.parse(await runPython(bundle.folder, [script, texts, join(scratch, "images.u8")]));
  return new Map(programs.map((program, index) => [program, outcomes[index]!]));
}

/** Runs the program with `pixels` given; what it leaves as `logits` is printed after a line of its own. */
async function runNode(text: string): Promise<Outcome> {
  const pixels = JSON.stringify(join(scratch, "pixels.f32"));
  const given = `import { readFileSync as read } from "node:fs";\nconst pixels = new Float32Array(new Uint8Array(read(${pixels})).buffer);\n`;
  const hasLogits = /^const (\{ logits \}|logits) = /m.test(text);
  const file = join(scratch, "program.mjs");
  writeFileSync(
    file,
    `${given}${text}${hasLogits ? 'console.log("logits");\nconsole.log(JSON.stringify([...logits.data]));\n' : ""}`,
  );
  const [printed, values] = (await outputIn(bundle.folder, process.execPath, [file])).split(/^logits$/m);
  return { printed: printed!, logits: values === undefined ? null : rowsOf(JSON.parse(values)) };
}

/** One row an image. */
function rowsOf(values: readonly number[]): number[][] {
  const columns = values.length / IMAGES;
  return Array.from({ length: IMAGES }, (_, image) => values.slice(image * columns, (image + 1) * columns));
}

/** Float32 arithmetic of some 20 layers stays within 1e-5 of the largest logit; a wrong pad or order is off by more than 1e-2. */
function expectLogits(rows: readonly (readonly number[])[], labels: readonly number[]): void {
  const largest = Math.max(...check.logits.data.map(Math.abs));
  expect(rows.map((row) => row.length)).toEqual(Array.from({ length: IMAGES }, () => labels.length));
  rows.forEach((row, image) => {
    row.forEach((value, column) => {
      expect(Math.abs(value - check.logits.data[image * CLASSES + labels[column]!]!) / largest).toBeLessThan(1e-4);
    });
  });
}

function groupsOf(space: string): readonly number[] {
  return example.plan.spaces.find((planned) => planned.space === space)!.partition.groupOf;
}

/** Bytes [count, 32, 32, 3] of the test images, which the data set keeps by channel. */
function imageBytes(): Uint8Array {
  return Uint8Array.from({ length: IMAGES * 3072 }, (_, index) => {
    const [image, pixel, channel] = [Math.floor(index / 3072), Math.floor((index % 3072) / 3), index % 3];
    return dataset.test.images[image * 3072 + channel * 1024 + pixel]!;
  });
}
