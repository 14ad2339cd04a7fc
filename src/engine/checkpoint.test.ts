import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CheckpointError } from "../base/errors";
import { decodeSafetensors, encodeSafetensors } from "../export/safetensors";
import { groupingSpec } from "../model/build";
import { parseConfig } from "../model/config";
import { configFingerprint } from "../model/fingerprint";
import type { RunOrigin } from "../model/run";
import { initialState } from "../train/state";
import { type CheckpointOwner, checkpointHeader, decodeCheckpoint, encodeCheckpoint } from "./checkpoint";
import { decodePlan, encodePlan } from "./plan-file";
import { exampleConfig as config } from "./testing";

const CLASSES = 6;
const spec = groupingSpec(config, CLASSES);
const run: RunOrigin = {
  config,
  datasetId: "a".repeat(64),
  datasetSource: "sample data",
  classes: ["a", "b", "c", "d", "e", "f"],
  superclasses: ["x", "y"],
  superclassOf: [0, 0, 0, 1, 1, 1],
};
const owner: CheckpointOwner = { stage: "group", spec, run };
const best = { step: 6, top1: 0.75 };
const state = { ...initialState(spec, 11), step: 7 };

test("a state comes back bit for bit, in the order of the network", () => {
  const decoded = decodeCheckpoint(encodeCheckpoint({ state, best }, owner), owner);
  expect(decoded).toEqual({ state, best });
  for (const part of ["parameters", "momentum", "statistics"] as const) {
    expect([...decoded.state[part].keys()]).toEqual([...state[part].keys()]);
  }
});

test.each<[string, CheckpointOwner, RegExp]>([
  ["stage", { ...owner, stage: "finetune" }, /stage group/],
  ["network", { ...owner, spec: groupingSpec({ ...config, model: { depth: 16, widen: 1 } }, CLASSES) }, /it is of/],
  ["configuration", { ...owner, run: { ...run, config: { ...config, seed: config.seed + 1 } } }, /another configuration/],
  ["plan", { ...owner, plan: "another" }, /split by another plan/],
  ["data set", { ...owner, run: { ...run, datasetId: "b".repeat(64) } }, /another data set/],
])("a checkpoint of another %s is refused", (_what, other, cause) => {
  const bytes = encodeCheckpoint({ state, best }, { ...owner, plan: "its own" });
  expect(() => decodeCheckpoint(bytes, other)).toThrow(CheckpointError);
  expect(() => decodeCheckpoint(bytes, other)).toThrow(cause);
});

describe("a file that was changed", () => {
  const { tensors, metadata } = decodeSafetensors(encodeCheckpoint({ state, best }, owner));
  const first = [...tensors.keys()][0]!;
  const without = new Map([...tensors].filter(([name]) => name !== first));
  const turned = new Map(tensors).set(first, { ...tensors.get(first)!, shape: [tensors.get(first)!.data.length] });
  test.each<
    [string, ReadonlyMap<string, typeof tensors extends ReadonlyMap<string, infer T> ? T : never>, Record<string, string>, RegExp]
  >([
    ["lacks a tensor", without, metadata, /lacks the tensor/],
    ["has one more", new Map(tensors).set("parameters/more", { shape: [1], data: Float32Array.of(3) }), metadata, /no tensor/],
    ["has another shape", turned, metadata, /has shape/],
    ["has a later version", tensors, { ...metadata, version: "3" }, /version/],
    ["has no version", tensors, { ...metadata, version: "" }, /version/],
    ["has a best validation of no accuracy", tensors, { ...metadata, best: '{"step":3}' }, /best/],
    ["has a best validation that is cut off", tensors, { ...metadata, best: '{"step":3' }, /best/],
    ["has no step", tensors, { ...metadata, step: "-1" }, /step/],
    ["is no checkpoint", tensors, {}, /format/],
  ])("and %s is refused", (_what, changed, labels, cause) => {
    expect(() => decodeCheckpoint(encodeSafetensors(changed, labels), owner)).toThrow(cause);
  });

  test("and cut short is refused", () => {
    const bytes = encodeCheckpoint({ state, best }, owner);
    expect(() => decodeCheckpoint(bytes.slice(0, -4), owner)).toThrow(CheckpointError);
  });
});

test("the fingerprint of a configuration sees every value and no order of keys", () => {
  const reversed = Object.fromEntries(Object.entries(config).reverse()) as typeof config;
  expect(configFingerprint(reversed)).toBe(configFingerprint(config));
  expect(configFingerprint({ ...config, group: { ...config.group, momentum: 0.8 } })).not.toBe(configFingerprint(config));
});

const { precision: _, fixedGroups: __, group, ...others } = config;
const { warmupSteps: ___, assignmentStart: ____, confusionImages: _____, startBias: ______, ...olderGroup } = group;
const olderConfig = { ...others, group: olderGroup };

/** SHA-256 of the configuration without the fields, its keys in order: what versions without them wrote. */
function olderFingerprint(): string {
  const inOrder = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort()
        .map(([key, inner]) => [key, inOrder(inner)]),
    );
  };
  return createHash("sha256")
    .update(JSON.stringify(inOrder(olderConfig)))
    .digest("hex");
}

test("the fingerprint of a choice as before there was one is that from before; another choice has another", () => {
  expect(configFingerprint(config)).toBe(olderFingerprint());
  expect(configFingerprint(parseConfig(olderConfig))).toBe(olderFingerprint());
  expect(configFingerprint({ ...config, precision: "f16" })).not.toBe(olderFingerprint());
  const starts = [{ warmupSteps: 5 }, { assignmentStart: "confusion" as const }, { confusionImages: 100 }, { startBias: 1 }];
  for (const start of starts) {
    expect(configFingerprint({ ...config, group: { ...group, ...start } })).not.toBe(olderFingerprint());
  }
  const given = { source: "manual" as const, classes: [0, 1], channels: {} };
  expect(configFingerprint({ ...config, fixedGroups: given })).not.toBe(olderFingerprint());
});

test("a checkpoint from before there were choices opens", () => {
  const { tensors, metadata } = decodeSafetensors(encodeCheckpoint({ state, best }, owner));
  const older = encodeSafetensors(tensors, { ...metadata, config: olderFingerprint() });
  const reread = { ...owner, run: { ...run, config: parseConfig(olderConfig) } };
  expect(decodeCheckpoint(older, reread).state).toEqual(state);
});

test("a checkpoint of version 1, which told no best validation and no origin, opens", () => {
  const { tensors, metadata } = decodeSafetensors(encodeCheckpoint({ state, best }, owner));
  const { best: _, origin: __, plan: ___, ...first } = metadata;
  const bytes = encodeSafetensors(tensors, { ...first, version: "1" });
  expect(decodeCheckpoint(bytes, owner)).toEqual({ state, best: null });
  expect(checkpointHeader(bytes)).toEqual({ stage: "group", step: 7, best: null, origin: null });
});

test("a checkpoint tells what its run began with", () => {
  expect(checkpointHeader(encodeCheckpoint({ state, best }, owner))).toEqual({ stage: "group", step: 7, best, origin: run });
});

describe("the plan file", () => {
  const partitions = new Map(
    spec.spaces
      .filter((space) => space.groups > 1)
      .map((space) => [
        space.name,
        { groups: space.groups, groupOf: Array.from({ length: space.size }, (_, i) => i % space.groups) },
      ]),
  );

  test("gives the partitions back", () => expect(decodePlan(encodePlan(partitions), spec)).toEqual(partitions));

  const classes = partitions.get("classes")!;
  test.each<[string, Map<string, typeof classes>]>([
    ["a space that is not grouped", new Map([...partitions, ["colours", classes]])],
    ["a space missing", new Map([...partitions].filter(([name]) => name !== "classes"))],
    ["too few members", new Map([...partitions, ["classes", { ...classes, groupOf: [0, 1] }]])],
    ["another number of groups", new Map([...partitions, ["classes", { ...classes, groups: 3 }]])],
    ["a group out of range", new Map([...partitions, ["classes", { ...classes, groupOf: [0, 1, 0, 1, 0, 2] }]])],
    ["an empty group", new Map([...partitions, ["classes", { ...classes, groupOf: [0, 0, 0, 0, 0, 0] }]])],
  ])("with %s is refused", (_what, changed) => {
    expect(() => decodePlan(encodePlan(changed), spec)).toThrow(CheckpointError);
  });

  test("that is not JSON is refused", () => {
    expect(() => decodePlan(Uint8Array.of(123, 34), spec)).toThrow(CheckpointError);
  });
});
