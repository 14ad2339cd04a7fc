import { expect, test } from "vitest";
import { curveColumns } from "../model/curve-columns";
import { readAddress } from "./address";
import { createStudioStore } from "./store";
import { GROUPING, READY, sampleRecord } from "./testing";
import { followRun, listIn, listText, withView } from "./view";

const opened = (id: string) => ({ kind: "runOpened", run: { record: sampleRecord({ id }), curves: curveColumns([]) } }) as const;

test("the view names the run that the engine opened, and forgets what was of another one", () => {
  const store = createStudioStore(readAddress({ hash: "#run=run-1&zoom=z&moment=4&axis=epoch", query: "", stored: "" }));
  store.receive(READY, 0);
  expect(store.getState().view).toEqual({ run: "run-1", zoom: "z", moment: "4", axis: "epoch" });
  store.receive(GROUPING.slice(READY.length), 0);
  expect(store.getState().view).toEqual({ run: "run-1", zoom: "z", moment: "4", axis: "epoch" });
  store.receive([opened("run-2")], 0);
  expect(store.getState().view).toEqual({ run: "run-2", axis: "epoch" });
  store.receive([{ kind: "runsListed", runs: [] }], 0);
  expect(store.getState().view).toEqual({ axis: "epoch" });
});

test("a run that is not here gives way to the one that is opened instead", () => {
  expect(followRun({ run: "gone", cell: "1_2", tree: "flops" }, null, "run-1")).toEqual({ run: "run-1", tree: "flops" });
});

test("looking the same way is no change", () => {
  const view = { axis: "epoch" };
  expect(withView(view, { axis: "epoch", zoom: null })).toBe(view);
  expect(followRun({ run: "run-1" }, "run-1", "run-1")).toEqual({ run: "run-1" });
  expect(withView(view, { axis: null })).toEqual({});
});

test("lists are read back as written, an empty one is none", () => {
  expect(listIn(listText(["terms", 4, 0.5])!)).toEqual(["terms", "4", "0.5"]);
  expect(listText([])).toBeNull();
  expect(listIn(undefined)).toEqual([]);
});
