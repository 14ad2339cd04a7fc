import { describe, expect, test } from "vitest";
import { ArchiveError } from "../../src/base/errors";
import { PAST_FAILURES } from "./corpus";
import { fuzz } from "./fuzz";
import type { Target } from "./target";
import { TARGETS } from "./targets";

const SEED = 20_261_125;
const INPUTS = 100;

describe("every parser answers hostile input with a value or a StudioError, in bounded time and memory", () => {
  test.each(TARGETS)(`$name: bombs and ${INPUTS} mutants of seed ${SEED}`, async (target) => {
    const bombs = Object.keys(target.bombs).length;
    const { failures, inputs } = await fuzz([target], { inputs: bombs + INPUTS, seed: SEED });
    expect(failures).toEqual([]);
    expect(inputs).toBe(bombs + INPUTS);
  });
});

test.each(PAST_FAILURES)("$target: $bomb ($was) is parsed again", ({ target, bomb }) => {
  expect(TARGETS.find(({ name }) => name === target)?.bombs).toHaveProperty([bomb]);
});

describe("the fuzzer itself", () => {
  const target: Target = {
    name: "a parser with faults",
    mutant: (draws) => {
      const draw = draws.below(4);
      return () => {
        if (draw === 0) throw new TypeError("not a StudioError");
        if (draw === 1) throw new ArchiveError("a.tar: no archive", "");
        if (draw === 2) throw new ArchiveError("a.tar: no archive", "Choose another file.");
      };
    },
    bombs: { "64 MiB and more": () => () => new Uint8Array(2 ** 26 + 2 ** 20), slow: () => () => busy(1500) },
  };

  test("sees what is thrown, unclear, large or slow, and nothing else, and the same again for the same seed", async () => {
    const { failures, perTarget } = await fuzz([target], { inputs: 42, seed: SEED });
    const kinds = failures.map(({ what }) => what.replace(/:.*| by.*| \d+ ms/, "").replaceAll(/\d+/g, "N"));
    expect(new Set(kinds)).toEqual(new Set(["grew", "took", "threw TypeError", "a message of N characters, a cure of N"]));
    const inputs = failures.map(({ input }) => input);
    const [grown, slow, ...mutants] = inputs;
    expect([grown, slow]).toEqual(["64 MiB and more", "slow"]);
    expect(mutants.length).toBeLessThan(40);
    expect(perTarget[target.name]?.inputs).toBe(42);
    const again = await fuzz([{ ...target, bombs: {} }], { inputs: 40, seed: SEED });
    expect(again.failures.map(({ input }) => input)).toEqual(mutants);
  });
});

/** Spends processor time. */
function busy(ms: number): void {
  const start = process.cpuUsage();
  while (process.cpuUsage(start).user < 1000 * ms);
}
