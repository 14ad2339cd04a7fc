import { expect, test } from "vitest";
import { curveColumns } from "../model/curve-columns";
import { readAddress } from "./address";
import type { ClassGroups } from "./assignment";
import { isSameLit, type Lit, lights, litOf } from "./lighting";
import { createStudioStore } from "./store";
import { GROUPING, sampleRecord } from "./testing";

/** Five classes in four groups; a level of two above takes groups 0, 1 and groups 2, 3. */
const classes: ClassGroups = { final: true, groups: 4, groupOf: [2, 0, 3, 1, 2], confidence: null };
const ofClass = (label: number): Lit => ({ kind: "class", label });
const ofGroup = (groups: number, group: number): Lit => ({ kind: "group", groups, group });
const litOfLevel = (lit: Lit, groups: number): number[] =>
  [...Array(groups).keys()].filter((group) => lights(lit, ofGroup(groups, group), classes));
const litClasses = (lit: Lit): number[] =>
  classes.groupOf.flatMap((_, label) => (lights(lit, ofClass(label), classes) ? [label] : []));

test("a class lights itself, its leaf and the branches up to the trunk, and no other class of its group", () => {
  const lit = ofClass(4);
  expect(litClasses(lit)).toEqual([4]);
  expect([litOfLevel(lit, 4), litOfLevel(lit, 2), litOfLevel(lit, 1)]).toEqual([[2], [1], [0]]);
});

test("a branch lights what lies below it and its way up, and nothing beside", () => {
  const branch = ofGroup(2, 1);
  expect(litClasses(branch)).toEqual([0, 2, 4]);
  expect([litOfLevel(branch, 4), litOfLevel(branch, 2), litOfLevel(branch, 1)]).toEqual([[2, 3], [1], [0]]);
  expect(litClasses(ofGroup(4, 1))).toEqual([3]);
  expect(litOfLevel(ofGroup(4, 1), 2)).toEqual([0]);
});

test("without groups of classes a class is only itself", () => {
  expect(lights(ofClass(1), ofClass(1), null)).toBe(true);
  expect(lights(ofClass(1), ofGroup(2, 0), null)).toBe(false);
  expect(lights(null, ofClass(1), classes)).toBe(false);
});

test("what is kept stays lit whatever is pointed at, until it is let go", () => {
  const store = createStudioStore(readAddress({ hash: "", query: "", stored: "" }));
  store.point(ofClass(3));
  expect(litOf(store.getState().lighting)).toEqual(ofClass(3));
  store.keep(ofGroup(4, 2));
  store.point(ofClass(1));
  expect(litOf(store.getState().lighting)).toEqual(ofGroup(4, 2));
  store.keep(null);
  expect(litOf(store.getState().lighting)).toEqual(ofClass(1));
  store.point(null);
  expect(litOf(store.getState().lighting)).toBeNull();
});

test("equal by what they name, not by level alone", () => {
  expect(isSameLit(ofGroup(4, 1), ofGroup(4, 1))).toBe(true);
  expect(isSameLit(ofGroup(4, 1), ofGroup(2, 1))).toBe(false);
  expect(isSameLit(ofClass(1), ofGroup(4, 1))).toBe(false);
  expect(isSameLit(null, ofClass(1))).toBe(false);
});

test("another run begins with nothing lit", () => {
  const store = createStudioStore(readAddress({ hash: "", query: "", stored: "" }));
  store.receive(GROUPING, 0);
  store.keep(ofClass(3));
  store.receive([{ kind: "activityChanged", activity: { kind: "idle" } }], 0);
  expect(litOf(store.getState().lighting)).toEqual(ofClass(3));
  store.receive([{ kind: "runOpened", run: { record: sampleRecord({ id: "run-2" }), curves: curveColumns([]) } }], 0);
  expect(litOf(store.getState().lighting)).toBeNull();
});
