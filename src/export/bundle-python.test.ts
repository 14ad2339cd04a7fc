import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { root } from "../../scripts/lib/project.mjs";
import { oracleCheck } from "../../tests/support/oracle-check";
import { PYTHON_TIMEOUT_MS, runPython } from "../../tests/support/python";
import { exampleInput, unpackBundle } from "../../tests/support/unpacked-bundle";
import { concatBytes } from "../base/bytes";
import { normals, randomStream } from "../base/random";
import type { HostTensor } from "../base/tensor";
import type { ExportCheck } from "./export-input";
import type { ExportNetwork } from "./portable";
import { type Example, type ExampleOptions, exampleNetwork } from "./testing";

const CASES: Record<string, ExampleOptions> = {
  "an even 2-2-2": { grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 6 },
  "an uneven 2-4-4": { grouping: "2-4-4", blockOrder: "pre-activation", sizes: "uneven", classes: 9 },
  "a 3-3-3 with dropout layers": { grouping: "3-3-3", blockOrder: "pre-activation", sizes: "uneven", classes: 7, dropout: true },
  "a post-activation 2-3-5": { grouping: "2-3-5", blockOrder: "post-activation", sizes: "uneven", classes: 11 },
  "an unsplit network": { grouping: "1-1-1", blockOrder: "pre-activation", sizes: "even", classes: 5 },
};
const PIXELS = normals(randomStream(3, "sample"), 3 * 3072, 1, 1);
vi.setConfig({ testTimeout: PYTHON_TIMEOUT_MS });
const SCRIPT = join(root, "tests", "python", "check_bundle.py");

interface Findings {
  readonly sums: readonly string[];
  readonly safetensors: Readonly<Record<string, number>>;
  readonly sameTensors: number;
  readonly assignments: number;
  readonly onnx: readonly string[];
  readonly torch: {
    readonly networks: Readonly<Record<string, NetworkFindings>>;
    readonly whitening: number;
    readonly gradients: { readonly elsewhere: number; readonly own: number };
  };
}

interface NetworkFindings {
  readonly labels: readonly number[];
  /** In parts of the largest logit. */
  readonly difference: number;
  readonly sameClasses: boolean;
  readonly parameters: number;
}

test.each(Object.keys(CASES))("Python finds the bundle of %s whole, its ONNX valid and its PyTorch model right", async (name) => {
  const options = CASES[name]!;
  const example = exampleNetwork(options);
  const check = oracleCheck(example.network, PIXELS);
  const folder = mkdtempSync(join(tmpdir(), "splitnet-source-"));
  const bundle = await unpackBundle(exampleInput(example, options.grouping, check));
  try {
    const source = sourceTensors(example, check);
    const found: Findings = JSON.parse(await runPython(folder, [SCRIPT, bundle.folder, writeSource(folder, source)]));
    expect([...found.sums, "SHA256SUMS"]).toEqual(bundle.names);
    expect(found.onnx.toSorted()).toEqual(bundle.names.filter((file) => file.endsWith(".onnx")).toSorted());
    expect(Object.keys(found.safetensors)).toEqual(bundle.names.filter((file) => file.endsWith(".safetensors")).toSorted());
    expect(found.sameTensors).toBe(source.size - example.assignments.size);
    // Float32 of shares up to 1.
    expect(found.assignments).toBeLessThan(1e-7);
    expectSameLogits(found.torch, example.network);
  } finally {
    bundle.remove();
    rmSync(folder, { recursive: true });
  }
});

test("splitnet.py says what is wrong with a damaged file, a foreign configuration and a branch that there is not", async () => {
  const example = exampleNetwork(CASES["an uneven 2-4-4"]!);
  const bundle = await unpackBundle(exampleInput(example, "2-4-4", oracleCheck(example.network, PIXELS)));
  try {
    const messages: string[] = JSON.parse(
      await runPython(bundle.folder, [join(root, "tests", "python", "splitnet_refusals.py")]),
    );
    const damaged = "use another copy of the file";
    expect(messages).toEqual([
      `a file cut off in its header: the header is cut off; ${damaged}`,
      `a file cut off in its data: unit_3_0.conv_1.block_0.weight is not where its header says; ${damaged}`,
      `a byte too many: 1 bytes after the last tensor; ${damaged}`,
      `a gap: init_conv.weight is not where its header says; ${damaged}`,
      "a version to come: ./config.json is not a splitnet-studio-export of version 1: use the splitnet.py beside it",
      "a branch that there is not: no leaf 'branch 1': choose one of branch 1.1, branch 1.2, branch 2.1, branch 2.2",
      'another network: Missing key(s) in state_dict: "init_conv.weight"',
    ]);
  } finally {
    bundle.remove();
  }
});

/** Float32 arithmetic of some 20 layers stays within 1e-5 of the largest logit; a wrong pad or order is off by more than 1e-2. */
function expectSameLogits({ networks, whitening, gradients }: Findings["torch"], { classOrder }: ExportNetwork): void {
  const { whole, ...branches } = networks;
  const classes = classOrder.map((_, label) => label);
  expect(whole!.labels).toEqual(classes);
  expect(Object.values(branches).flatMap(({ labels }) => labels)).toEqual(classOrder);
  for (const [name, { difference, sameClasses }] of Object.entries(networks)) {
    expect(difference, name).toBeLessThan(1e-4);
    expect(sameClasses, name).toBe(true);
  }
  if (Object.keys(branches).length > 1)
    for (const { parameters } of Object.values(branches)) expect(parameters).toBeLessThan(whole!.parameters);
  // Branches share nothing but what is above them both.
  expect(gradients.elsewhere).toBe(0);
  expect(gradients.own).toBeGreaterThan(0);
  // Float32 of values up to 3.5.
  expect(whitening).toBeLessThan(1e-6);
}

/** What the bundle's files were made of, by file and name there, or our name. */
function sourceTensors({ network, assignments }: Example, { images, logits }: ExportCheck): Map<string, HostTensor> {
  const { parameters, statistics } = network;
  return new Map([
    ...[...assignments].map(([name, tensor]) => [`assignments.safetensors:${name}`, tensor] as const),
    ...[...parameters, ...statistics].map(([name, tensor]) => [`model.safetensors:${name}`, tensor] as const),
    ["check.safetensors:image", images],
    ["check.safetensors:logits", logits],
  ]);
}

/** Writes tensors as raw numbers and where each lies; returns the path without endings. */
function writeSource(folder: string, tensors: ReadonlyMap<string, HostTensor>): string {
  const path = join(folder, "source");
  let offset = 0;
  const places = [...tensors].map(([name, { shape, data }]) => {
    offset += data.length;
    return [name, { shape, offset: offset - data.length }] as const;
  });
  writeFileSync(`${path}.json`, JSON.stringify(Object.fromEntries(places)));
  writeFileSync(`${path}.f32`, concatBytes([...tensors.values()].map(({ data }) => new Uint8Array(data.slice().buffer))));
  return path;
}
