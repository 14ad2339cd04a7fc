import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../scripts/lib/project.mjs";

// The short version of `npm run torture`. This seed's kills fall early into the writes that they cut, so that they hit them.
const ARGS = ["--kills", "4", "--seed", "38", "--json"];

test("runs killed in both stages, and while they write a checkpoint, end as a run that never stopped", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "scripts", "torture.mjs"), ...ARGS]);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ kills: 4, resumed: 4, equal: 4 });
  expect(result.lostSteps).toBeLessThanOrEqual(result.checkpointEverySteps);
  expect(result.hits.duringWrite).toBeGreaterThan(0);
});
