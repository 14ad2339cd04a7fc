import { RequestError, StudioError } from "../base/errors";
import { openDevice } from "../kernels/device";
import { takeStockKernels } from "../kernels/stock/backend";
import { parseArguments, selectCases, USAGE } from "./arguments";
import { benchCases, type ListedCase } from "./cases";
import type { BenchContext } from "./contender";
import { type Counters, NO_COUNTERS } from "./our-contenders";
import { runPaired } from "./paired-runs";
import { presetTimes } from "./preset-time";
import { type Measured, reportOf } from "./report";
import { countStep } from "./step-counters";
import { textReport } from "./text-report";

/** What the program needs of the page or of Node. */
export interface BenchHost {
  readonly gpu: GPU | undefined;
  /** How the adapter was chosen, for the report. */
  readonly driver: string;
  readonly commit: string;
  /** Results. */
  readonly print: (text: string) => void;
  /** Progress, one line a call. */
  readonly note: (line: string) => void;
}

/** Runs the benchmarks that the arguments ask for; resolves with the exit code. */
export async function runBenchmarks(args: readonly string[], host: BenchHost): Promise<number> {
  try {
    const { help, only, runs, json } = parseArguments(args);
    if (help) {
      host.print(USAGE);
      return 0;
    }
    await measureAndPrint({ only, runs, json }, host);
    return 0;
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    host.note(`${error.message}\n${error.cure}`);
    return 1;
  }
}

async function measureAndPrint(
  { only, runs, json }: { readonly only: string | null; readonly runs: number; readonly json: boolean },
  host: BenchHost,
): Promise<void> {
  const device = await openDevice(host.gpu);
  await takeStockKernels(device);
  try {
    const context: BenchContext = { device };
    const cases = selected(benchCases(context), only);
    const measured: Measured<ListedCase>[] = [];
    for (const entry of cases) {
      const samples = await runPaired(entry, { runs, now: () => performance.now(), note: host.note });
      measured.push({ case: entry, samples });
    }
    const counters = await countersOf(cases, context);
    const report = reportOf(
      { adapter: device.report.description, driver: host.driver, commit: host.commit },
      measured,
      runs,
      counters,
    );
    const presets = (["ours", "stock", "jaxjs"] as const).flatMap((by) => presetTimes(measured, by));
    host.print(json ? JSON.stringify(report, null, 2) : textReport(report, measured, presets));
  } finally {
    device.close();
  }
}

function selected(cases: readonly ListedCase[], only: string | null): ListedCase[] {
  const found = selectCases(cases, only);
  if (found.length > 0) return found;
  throw new RequestError(`--only ${only}: no case begins so`, `There are ${cases.map(({ name }) => name).join(", ")}.`);
}

/** Of the first whole step among the cases. */
async function countersOf(cases: readonly ListedCase[], context: BenchContext): Promise<Counters> {
  const step = cases.find((entry) => entry.step !== null)?.step ?? null;
  return step === null ? NO_COUNTERS : countStep(step, context);
}
