import { expect, test } from "vitest";
import { parseRunRecord } from "./run-record";
import { exampleRecord } from "./testing";

test("the record of a run from before there was a choice of precision is read, in full precision", () => {
  const record = exampleRecord("older");
  const { precision: _, ...config } = record.config;
  expect(parseRunRecord({ ...record, config }, "run.json")).toEqual({ ...record, config: { ...config, precision: "f32" } });
});

test("a run of half precision comes back as one", () => {
  const record = exampleRecord("half");
  const half = { ...record, config: { ...record.config, precision: "f16" as const } };
  expect(parseRunRecord(JSON.parse(JSON.stringify(half)), "run.json")).toEqual(half);
});
