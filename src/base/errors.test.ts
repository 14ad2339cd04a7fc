import { expect, test } from "vitest";
import { ArchiveError } from "./errors";
import { describeProblems } from "./problems";

test("a message that quotes a megabyte is cut off where nobody reads on", () => {
  const { message, cure } = new ArchiveError(`${"x".repeat(1_000_000)}: not a file`, "Choose another file.");
  expect(message).toBe(`${"x".repeat(4000)}…`);
  expect(cure).toBe("Choose another file.");
});

test("of many fields at fault the first twenty are named and the rest counted", () => {
  const problems = Array.from({ length: 23 }, (_, index) => ({ path: ["list", index], message: "no number" }));
  const text = describeProblems(problems, "value");
  expect(text).toContain("list.19: no number; and 3 more");
  expect(text).not.toContain("list.20");
  expect(describeProblems([{ path: [], message: "no object" }], "value")).toBe("value: no object");
});
