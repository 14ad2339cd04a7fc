import { expect, test } from "vitest";
import { countOf, countPlaywright, countVitest, reconcile, total } from "./report.mjs";

const VITEST = { numPassedTests: 11, numFailedTests: 2, numPendingTests: 3, numTodoTests: 5, testResults: [] };

test("a skipped or planned test counts as failed", () => {
  expect(countVitest(VITEST)).toEqual({ passed: 11, failed: 10 });
  expect(countPlaywright({ stats: { expected: 7, unexpected: 1, skipped: 2, flaky: 4 } })).toEqual({ passed: 7, failed: 7 });
});

test("a test file that cannot be loaded counts as one failure, one with failed tests only by its tests", () => {
  const testResults = [
    { status: "failed", assertionResults: [] },
    { status: "failed", assertionResults: [{}] },
    { status: "passed", assertionResults: [{}] },
  ];
  expect(countVitest({ ...VITEST, testResults }).failed).toBe(11);
});

test("an error of the page tests outside of any test counts", () => {
  const stats = { expected: 7, unexpected: 0, skipped: 0, flaky: 0 };
  expect(countPlaywright({ stats, errors: [{}] })).toEqual({ passed: 7, failed: 1 });
});

test("a runner that fails is never counted as clean, whatever its report says", () => {
  expect(reconcile({ passed: 4, failed: 0 }, 1)).toEqual({ passed: 4, failed: 1 });
  expect(reconcile({ passed: 4, failed: 3 }, 1)).toEqual({ passed: 4, failed: 3 });
  expect(reconcile(null, 1)).toEqual({ passed: 0, failed: 1 });
});

test("a runner that ran nothing is a failure", () => {
  expect(reconcile({ passed: 0, failed: 0 }, 0)).toEqual({ passed: 0, failed: 1 });
  expect(reconcile(null, 0)).toEqual({ passed: 0, failed: 1 });
});

test("the last line adds everything", () => {
  expect(total([countOf(0), countOf(2), { passed: 40, failed: 3 }])).toEqual({ passed: 41, failed: 4 });
});
