import { expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../export/safetensors";
import { groupingSpec } from "../model/build";
import { groupedLayers, groupedSpaces } from "../model/lookup";
import { AssignmentHistory, type AssignmentSnapshot, decodeHistory, encodeHistory } from "./assignment-history";
import { exampleConfig } from "./testing";

const dense = groupingSpec(exampleConfig, 6);

/** Numbers that depend on step, space and place. */
function snapshot(step: number): AssignmentSnapshot {
  const spaces = groupedSpaces(dense).map(({ name, groups, size }, index) => {
    const data = Float32Array.from({ length: groups * size }, (_, place) => step + index / 10 + place / 1000);
    return [name, { shape: [groups, size], data }] as const;
  });
  const layers = groupedLayers(dense).map(({ name, groups }, index) => {
    const data = Float32Array.from({ length: groups * groups }, (_, place) => 100 * step + index + place / 8);
    return [name, { shape: [groups, groups], data }] as const;
  });
  return { step, assignments: new Map(spaces), blocks: new Map(layers) };
}

test("snapshots come back as they were, in order", () => {
  const snapshots = [0, 3, 6, 7].map(snapshot);
  expect(decodeHistory(encodeHistory(snapshots), dense)).toEqual(snapshots);
  expect(decodeHistory(encodeHistory([]), dense)).toEqual([]);
});

test("snapshots of a version that kept no block masses come back beside later ones that have them", () => {
  const older = [0, 3].map((step) => ({ ...snapshot(step), blocks: null }));
  const { tensors, metadata } = decodeSafetensors(encodeHistory(older));
  const { blockSteps: _, ...first } = metadata;
  const file = encodeSafetensors(tensors, { ...first, version: "1" });
  expect(decodeHistory(file, dense)).toEqual(older);
  const resumed = [...decodeHistory(file, dense), snapshot(6)];
  expect(decodeHistory(encodeHistory(resumed), dense)).toEqual(resumed);
});

test("a snapshot of an earlier step than the last voids those from there on", () => {
  const history = new AssignmentHistory([0, 3].map(snapshot));
  history.add(snapshot(6));
  history.add(snapshot(3));
  expect(history.snapshots.map(({ step }) => step)).toEqual([0, 3]);
  history.rewind(2);
  expect(history.snapshots.map(({ step }) => step)).toEqual([0]);
});

const { tensors, metadata } = decodeSafetensors(encodeHistory([0, 3].map(snapshot)));
const [first] = tensors.keys();

test.each<readonly [string, () => Uint8Array, RegExp]>([
  ["of another format", () => encodeSafetensors(tensors, { ...metadata, format: "x" }), /version of the studio/],
  ["of a later version", () => encodeSafetensors(tensors, { ...metadata, version: "3" }), /version of the studio/],
  ["of steps that fall", () => encodeSafetensors(tensors, { ...metadata, steps: "[3,0]" }), /ascending steps/],
  ["of steps that are none", () => encodeSafetensors(tensors, { ...metadata, steps: "{}" }), /ascending steps/],
  [
    "of blocks at steps without assignments",
    () => encodeSafetensors(tensors, { ...metadata, blockSteps: "[0,2]" }),
    /without assignments/,
  ],
  ["of fewer steps with blocks", () => encodeSafetensors(tensors, { ...metadata, blockSteps: "[3]" }), /has shape/],
  ["without steps of its blocks", () => encodeSafetensors(tensors, { ...metadata, blockSteps: "[]" }), /tensors instead of/],
  ["of more steps than snapshots", () => encodeSafetensors(tensors, { ...metadata, steps: "[0,3,6]" }), /has shape/],
  ["without a space", () => encodeSafetensors(new Map([...tensors].slice(1)), metadata), /lacks space/],
  [
    "with another space",
    () => encodeSafetensors(new Map([...tensors].map(([name, tensor]) => [name === first ? "space/x" : name, tensor])), metadata),
    /lacks space/,
  ],
])("a file %s is refused", (_, file, reason) => {
  expect(() => decodeHistory(file(), dense)).toThrow(reason);
});
