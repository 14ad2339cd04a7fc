import { CONTENDER_NAMES, type ContenderName } from "./contender";
import { median, pairedRatio } from "./paired-runs";
import type { PresetTime } from "./preset-time";
import type { BenchReport, Measured } from "./report";

const TITLES: Readonly<Record<ContenderName, string>> = { ours: "ours", stock: "stock tfjs", jaxjs: "jax-js" };
const HEAD = ["case", "by", "ms", "ours / it", "images/s", "GFLOP/s", "of matmul", "GB/s", "of copy"];
const ABSENT = "-";

/** The fastest rate any contender reached in `rate/matmul` and `rate/copy`, null where it was not measured. */
interface DeviceRates {
  readonly flopsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
}

/** The report for people: one row a contender, then the counters and what the presets would take. */
export function textReport(
  { adapter, driver, commit, counters, results }: BenchReport,
  measured: readonly Measured[],
  presets: readonly PresetTime[],
): string {
  const rates = deviceRates(measured);
  const rows = measured.flatMap((entry) => rowsOf(entry, rates));
  const counted = Object.entries(counters).map(([name, value]) => `${name} ${value ?? ABSENT}`);
  return [
    `adapter: ${adapter}`,
    `driver:  ${driver}`,
    `commit:  ${commit}`,
    `medians of ${results[0]?.runs ?? 0} paired runs`,
    "",
    alignedTable([HEAD, ...rows]),
    "",
    `a step of ours: ${counted.join(", ")}`,
    ...(presets.length === 0
      ? []
      : ["", "time to finish a preset, validation and checkpoints left out:", ...presets.map(presetLine)]),
  ].join("\n");
}

function deviceRates(measured: readonly Measured[]): DeviceRates {
  const fastest = (name: string, workOf: (entry: Measured) => number | null): number | null => {
    const entry = measured.find((candidate) => candidate.case.name === name);
    const work = entry === undefined ? null : workOf(entry);
    if (entry === undefined || work === null) return null;
    const medians = Object.values(entry.samples).flatMap((times) => (times === null ? [] : [median(times)]));
    return work / (Math.min(...medians) / 1000);
  };
  return {
    flopsPerSecond: fastest("rate/matmul", (entry) => entry.case.flops),
    bytesPerSecond: fastest("rate/copy", (entry) => entry.case.bytes),
  };
}

function rowsOf({ case: { name, flops, bytes, images }, samples }: Measured, rates: DeviceRates): string[][] {
  return CONTENDER_NAMES.flatMap((by) => {
    const times = samples[by];
    if (times === null) return [];
    const milliseconds = median(times);
    const perSecond = (work: number | null): number | null => (work === null ? null : work / (milliseconds / 1000));
    const ratio = by === "ours" || samples.ours === null ? null : pairedRatio(samples.ours, times);
    const row = [
      number(milliseconds),
      number(ratio),
      number(perSecond(images)),
      number(perSecond(flops), 1e9),
      share(perSecond(flops), rates.flopsPerSecond),
      number(perSecond(bytes), 1e9),
      share(perSecond(bytes), rates.bytesPerSecond),
    ];
    return [[name, TITLES[by], ...row]];
  });
}

function number(value: number | null, unit = 1): string {
  return value === null ? ABSENT : String(Number((value / unit).toPrecision(3)));
}

function share(rate: number | null, device: number | null): string {
  return rate === null || device === null ? ABSENT : `${((100 * rate) / device).toFixed(1)}%`;
}

function presetLine({ preset, hours, by, basis }: PresetTime): string {
  return `  ${preset}: ${number(hours)} h by ${TITLES[by]} (${basis})`;
}

function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const cell = (text: string, column: number): string =>
    column < 2 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(cell).join("  ").trimEnd()).join("\n");
}
