import { expect, test } from "vitest";
import { controlText } from "./control-report";

const nothing = { unsplit: null, split: null, parameters: null, withLearned: null, withSuperclasses: null };

test("the table has a line for each run, dashes for what is not there, and says what was left out", () => {
  const random = { unsplit: 0.5, split: 0.4567, parameters: 12_345, withLearned: -0.0213, withSuperclasses: 1 };
  const text = controlText({
    runs: [
      { comparison: "learned", seed: 1, folder: "/runs/learned", ...nothing },
      { comparison: "random", seed: 12, folder: "/runs/random-12", ...random },
    ],
    leftOut: [{ comparison: "semantic", reason: "2 superclasses cannot make 4 groups" }],
  });
  const cells = text.split("\n").map((line) => line.split(/ {2,}/));
  expect(cells[1]).toEqual(["learned", "1", "-", "-", "-", "-", "-"]);
  expect(cells[2]).toEqual(["random", "12", "50.0%", "45.7%", "12,345", "-0.021", "1.000"]);
  expect(text).toContain("left out: semantic: 2 superclasses cannot make 4 groups");
});
