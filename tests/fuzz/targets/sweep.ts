import { expandSweep, MOST_RUNS, type Sweep, sweepRunId } from "../../../src/model/sweep";
import { parseSweepText } from "../../../src/model/sweep-text";
import { mutateBytes } from "../mutate-bytes";
import { mutateValue } from "../mutate-values";
import { type Attempt, hold, type Target } from "../target";
import { bombsFor } from "./values";

const SWEEP = {
  name: "rates",
  preset: "tiny",
  config: { group: { steps: 40 } },
  runs: [{ grouping: "2-2-2" }, { grouping: "1-2-2", emptyGroups: "fail" }],
  grid: { "group.learningRate": [0.05, 0.1], "group.penalties": [{ overlap: 3 }, { uniform: 7 }] },
  seeds: { from: 3, count: 2 },
};
const TEXTS = [
  JSON.stringify(SWEEP),
  "name: a\npreset: tiny # the base\ngrid: &g\n  group.steps: [1, 2]\n  seed.x: *g\nseeds: {from: 1, count: 3}\n",
  "name: a\npreset: tiny\nruns:\n  - { grouping: 1-2-2 }\n  - grouping: 2-2-2\n    group.steps: 7\n",
];

/** What is accepted is of bounded size, and its runs are told apart by their ids. */
function holdsOf({ runs }: Sweep): void {
  hold(runs.length >= 1 && runs.length <= MOST_RUNS, "that it has few enough runs");
  hold(new Set(runs.map(({ id }) => id)).size === runs.length, "that every run is there once");
  hold(
    runs.every(({ id, config }) => id === sweepRunId(config)),
    "that ids follow from configurations",
  );
}

const readSweep =
  (value: unknown): Attempt =>
  () =>
    holdsOf(expandSweep(value));
const readText =
  (text: string): Attempt =>
  () =>
    holdsOf(parseSweepText(text, "sweep.yaml"));

export const sweepTarget: Target = {
  name: "sweep",
  mutant: (draws) => readSweep(mutateValue(SWEEP, draws)),
  bombs: {
    ...bombsFor(SWEEP, readSweep),
    ...bombsFor(SWEEP.grid, (grid) => readSweep({ ...SWEEP, grid })),
    ...bombsFor(SWEEP.config, (config) => readSweep({ ...SWEEP, config })),
    "a thousand fields of one value": () =>
      readSweep({ ...SWEEP, grid: Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`group.${index}`, [1]])) }),
    "a hundred fields of a hundred values": () =>
      readSweep({
        ...SWEEP,
        grid: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`group.${index}`, new Array(100).fill(1)])),
      }),
  },
};

export const sweepTextTarget: Target = {
  name: "sweep text",
  mutant: (draws) => readText(new TextDecoder().decode(mutateBytes(new TextEncoder().encode(draws.pick(TEXTS)), draws))),
  bombs: {
    "a million brackets": () => readText("[".repeat(1_000_000)),
    "twelve brackets, and fields without end": () => readText(`[${"{".repeat(11)}${"x:1,".repeat(7000)}`),
    "a million spaces": () => readText(" ".repeat(1_000_000)),
    ...Object.fromEntries(
      ['"', "\n", "- ", "? ", ": ", "[,", "&a ", "*a ", "!", "a: ", "a:\n", "---\n", "{a: "].map((part) => [
        `${JSON.stringify(part)} over and over`,
        () => readText(part.repeat(31_000 / part.length)),
      ]),
    ),
    "fields without end": () =>
      readText(
        Array.from({ length: 4000 }, (_, index) => `a${index}: 1`)
          .join("\n")
          .slice(0, 31_000),
      ),
    "commas without end": () => readText(`[${",".repeat(31_000)}`),
    "a staircase of 240 steps": () => readText(Array.from({ length: 240 }, (_, depth) => `${" ".repeat(depth)}? a`).join("\n")),
    "aliases of aliases": () =>
      readText(
        ["a: &a [1]", ..."bcdefghij".split("").map((name, i) => `${name}: &${name} [${`*${"abcdefghi"[i]},`.repeat(9)}]`)].join(
          "\n",
        ),
      ),
    "three million characters": () => readText("name: x\n".repeat(400_000)),
  },
};
