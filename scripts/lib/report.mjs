/**
 * How many checks passed and failed. A test that was skipped did not pass, so it counts as failed.
 * @typedef {{ readonly passed: number, readonly failed: number }} Count
 */

/**
 * Sum of counts.
 * @param {readonly Count[]} counts
 * @returns {Count}
 */
export function total(counts) {
  return {
    passed: counts.reduce((sum, count) => sum + count.passed, 0),
    failed: counts.reduce((sum, count) => sum + count.failed, 0),
  };
}

/**
 * One check without parts.
 * @param {number} exitCode
 * @returns {Count}
 */
export const countOf = (exitCode) => (exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/**
 * Count of a runner that left through `exitCode`: never clean when that is not 0, even where every test in the report passed
 * (an error outside of any test, a runner that crashed before it wrote its report), nor when there was no test at all.
 * @param {Count | null} count
 * @param {number} exitCode
 * @returns {Count}
 */
export function reconcile(count, exitCode) {
  const { passed, failed } = count ?? { passed: 0, failed: 0 };
  const silent = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: silent ? 1 : failed };
}

/**
 * Count of Vitest's JSON report: a file that could not be loaded has no tests and counts as one failure.
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: readonly { status: string, assertionResults: readonly unknown[] }[] }} report
 * @returns {Count}
 */
export function countVitest({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  const unloaded = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  return { passed: numPassedTests, failed: numFailedTests + numPendingTests + numTodoTests + unloaded };
}

/**
 * Count of Playwright's JSON report: a test that passed only when repeated is a failure.
 * @param {{ stats: { expected: number, unexpected: number, skipped: number, flaky: number }, errors?: readonly unknown[] }} report
 * @returns {Count}
 */
export function countPlaywright({ stats, errors = [] }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.skipped + stats.flaky + errors.length };
}
