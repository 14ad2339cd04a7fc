import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { type FuzzReport, fuzz } from "./fuzz";
import { TARGETS } from "./targets";

/** What `npm run fuzz` starts: posts every input before it is parsed, and at last the report. */
const { inputs, seed, only, json } = z
  .object({ inputs: z.int().min(1), seed: z.int().min(0), only: z.string(), json: z.boolean() })
  .parse(workerData);
const targets = TARGETS.filter(({ name }) => name.startsWith(only));
if (targets.length === 0)
  throw new Error(`no target begins with "${only}"; there are ${TARGETS.map(({ name }) => name).join(", ")}`);

const report = await fuzz(targets, {
  inputs,
  seed,
  onInput: (target, input) => parentPort?.postMessage({ target, input }),
});
parentPort?.postMessage({ text: json ? JSON.stringify(report, null, 2) : textOf(report), failures: report.failures.length });

function textOf(report: FuzzReport): string {
  const targets = Object.entries(report.perTarget).map(
    ([name, target]) => `${name.padEnd(20)} ${target.inputs} inputs, ${target.refused} refused, ${extremes(target)}`,
  );
  const failures = report.failures.map(({ target, input, what }) => `FAILED ${target}, ${input}: ${what}`);
  const total = `${report.inputs} inputs, seed ${report.seed}: ${report.failures.length} failures, ${extremes(report)}`;
  return [...targets, ...failures, total].join("\n");
}

function extremes({ slowestMs, peakGrowthBytes }: Pick<FuzzReport, "slowestMs" | "peakGrowthBytes">): string {
  return `slowest ${slowestMs.toFixed(0)} ms, most growth ${(peakGrowthBytes / 2 ** 20).toFixed(1)} MiB`;
}
