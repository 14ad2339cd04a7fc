import { expect, test } from "vitest";
import { EVERY_CLASS, type Narrowing, narrowingOf, narrowingText } from "./narrowing";

const counts = { groups: 2, superclasses: 20 };

test("what the matrix is narrowed to comes back from the address", () => {
  const all: Narrowing[] = [EVERY_CLASS, { kind: "group", index: 1 }, { kind: "superclass", index: 13 }];
  for (const narrowing of all) expect(narrowingOf(narrowingText(narrowing), counts)).toEqual(narrowing);
});

test("an address that names no group or superclass of the run shows all classes", () => {
  for (const text of ["2", "s20", "-1", "x", ""]) expect(narrowingOf(text, counts)).toEqual(EVERY_CLASS);
});
