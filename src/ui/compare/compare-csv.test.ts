import { expect, test } from "vitest";
import { presetConfig } from "../../model/presets";
import { settingColumns } from "../../state/compared-rows";
import { publishedPoints } from "../../state/cost-points";
import { pairAgreements, superclassAgreements } from "../../state/group-agreement";
import { sampleRecord, sampleSummary } from "../../state/testing";
import { agreementCsv, linesCsv, pointsCsv, runsCsv } from "./compare-csv";

const tiny = presetConfig("tiny");
const runs = [1, 2].map((seed) => ({
  record: sampleRecord({ id: `run-${seed}`, createdAt: Date.UTC(2026, 0, 2), phase: "finetuned", config: { ...tiny, seed } }),
  summary: sampleSummary({ runId: `run-${seed}`, split: seed === 1 ? 0.1 + 0.2 : null }),
  name: `seed ${seed}, again`,
  number: seed,
}));
const rows = (parts: Iterable<string>): readonly string[] => [...parts].join("").trimEnd().split("\r\n");

test("a run is a row with every digit of what it came to, and the settings in which the runs differ", () => {
  expect(rows(runsCsv(runs, settingColumns(runs)))).toEqual([
    "run,name,started,phase,bestTop1,bestStage,bestStep,unsplitTop1,splitTop1,unsplitParameters,splitParameters,unsplitFlops,splitFlops,seed",
    'run-1,"seed 1, again",2026-01-02T00:00:00.000Z,finetuned,0.61,group,50,0.7,0.30000000000000004,10000,6000,200000,120000,1',
    'run-2,"seed 2, again",2026-01-02T00:00:00.000Z,finetuned,0.61,group,50,0.7,,10000,6000,200000,120000,2',
  ]);
});

test("of a line every point is written, in parts, with the deviation where it is a mean", () => {
  const x = Float64Array.from({ length: 12_000 }, (_, index) => index);
  const style = { colour: "", dash: "" };
  const plain = { key: "a", name: "a", ...style, x, y: x.map(Math.sqrt), mean: null };
  const mean = { key: "b", name: "b", ...style, x: x.slice(0, 2), y: x.slice(0, 2), mean: { deviation: x.slice(4, 6), runs: 2 } };
  const parts = [...linesCsv([plain, mean], "step")];
  expect(parts).toHaveLength(1 + 3 + 1);
  const all = rows(parts);
  expect(all).toHaveLength(1 + 12_002);
  expect([all[0], all[7001], ...all.slice(-2)]).toEqual([
    "line,step,value,deviation",
    `a,7000,${Math.sqrt(7000)},`,
    ...["b,0,0,4", "b,1,1,5"],
  ]);
});

test("published points name their table and are of no runs", () => {
  expect(rows(pointsCsv(publishedPoints()))[1]).toMatch(/^WRN-16-8,unsplit,11000000,3100000000,0\.757\d*,,,2$/);
});

test("agreements are a row for every two groupings", () => {
  expect(rows(agreementCsv(superclassAgreements(runs), pairAgreements(runs)))).toEqual([
    "first,second,adjustedRandIndex,normalizedMutualInformation,p",
    expect.stringMatching(/^run-1,superclasses,0\.\d+,0\.\d+,0\.\d+$/),
    expect.stringMatching(/^run-2,superclasses,/),
    expect.stringMatching(/^run-1,run-2,1,1,0\.\d+$/),
  ]);
});
