import { expect, test } from "vitest";
import { parseRunRecord, storedRecord } from "./run-record";
import { exampleRecord } from "./testing";

test("the record of a run from before there was a choice of precision is read, in full precision", () => {
  const record = exampleRecord("older");
  const { precision: _, ...config } = record.config;
  expect(parseRunRecord({ ...record, config }, "run.json")).toEqual({ ...record, config: { ...config, precision: "f32" } });
});

test("a run of half precision comes back as one", () => {
  const record = exampleRecord("half");
  const half = { ...record, config: { ...record.config, precision: "f16" as const } };
  expect(parseRunRecord(JSON.parse(JSON.stringify(storedRecord(half))), "run.json")).toEqual(half);
});

test("a record of version 1, which had neither number nor resumes, is read", () => {
  const record = exampleRecord("first");
  const { resumes: _, forkedFrom: __, importedFrom: ___, ...first } = record;
  expect(parseRunRecord(first, "run.json")).toEqual(record);
  expect(parseRunRecord({ version: 1, ...first }, "run.json")).toEqual(record);
});

test("a record of version 2, which did not tell of forks, is of none; one that tells reads back", () => {
  const { forkedFrom: _, importedFrom: __, ...second } = exampleRecord("second");
  expect(parseRunRecord({ version: 2, ...second }, "run.json")).toEqual(exampleRecord("second"));
  const fork = { ...exampleRecord("fork"), forkedFrom: { runId: "second", stage: "group" as const, step: 7 } };
  expect(parseRunRecord(JSON.parse(JSON.stringify(storedRecord(fork))), "run.json")).toEqual(fork);
});

test("a record of version 3, which did not tell of imports, is of none; one that tells reads back", () => {
  const { importedFrom: _, ...third } = exampleRecord("third");
  expect(parseRunRecord({ version: 3, ...third }, "run.json")).toEqual(exampleRecord("third"));
  for (const parts of [null, ["branch 1", "branch 1.2"]]) {
    const imported = { ...exampleRecord("imported"), importedFrom: { format: "safetensors" as const, parts } };
    expect(parseRunRecord(JSON.parse(JSON.stringify(storedRecord(imported))), "run.json")).toEqual(imported);
  }
});

test.each([5, 0, "two", null, {}])("a record of version %j is refused with what reads it", (version) => {
  const attempt = () => parseRunRecord({ ...exampleRecord("later"), version }, "run.json");
  expect(attempt).toThrow(/run\.json is of version .* knows versions up to 4/);
});
