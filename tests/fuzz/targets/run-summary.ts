import { parseRunSummary, storedSummary } from "../../../src/engine/run-summary";
import { sampleSummary } from "../../../src/state/testing";
import { mutateValue, nested } from "../mutate-values";
import { type Attempt, hold, type Target } from "../target";

const stored = storedSummary(sampleSummary());

/** Never throws: what is no summary is null. What is one comes back when stored and read again. */
function readSummary(value: unknown): Attempt {
  return () => {
    const { runId } = stored.summary;
    const summary = parseRunSummary(value, runId);
    if (summary === null) return;
    hold(JSON.stringify(parseRunSummary(storedSummary(summary), runId)) === JSON.stringify(summary), "that it comes back");
  };
}

export const runSummaryTarget: Target = {
  name: "run summary",
  mutant: (draws) => readSummary(mutateValue(stored, draws)),
  bombs: {
    "200,000 lists in lists": () => readSummary(nested(200_000)),
    "a million groups": () =>
      readSummary({ ...stored, summary: { ...stored.summary, classGroups: new Array(1_000_000).fill(-1) } }),
    "a million numbers beside the fields": () => readSummary({ ...stored, more: new Array(1_000_000).fill(0) }),
  },
};
