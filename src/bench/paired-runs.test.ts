import { expect, test } from "vitest";
import type { BenchCase, Prepare } from "./contender";
import { median, pairedRatio, runPaired } from "./paired-runs";

/** Contenders that write down what happens to them; a run of `ours` takes 10, of `stock` 30 and of `jaxjs` 20 milliseconds. */
function rehearsal(repeats: number, failing: string | null = null) {
  const log: string[] = [];
  let clock = 0;
  const contender =
    (name: string, milliseconds: number): Prepare =>
    async () => {
      log.push(`prepare ${name}`);
      return {
        async run() {
          if (name === failing) throw new Error(`${name} failed`);
          log.push(name);
          clock += milliseconds;
        },
        dispose: () => log.push(`dispose ${name}`),
      };
    };
  const entry = (contenders: Partial<BenchCase["contenders"]> = {}): BenchCase => ({
    name: "case",
    unit: "ms",
    repeats,
    flops: null,
    bytes: null,
    images: null,
    contenders: { ours: contender("ours", 10), stock: contender("stock", 30), jaxjs: contender("jaxjs", 20), ...contenders },
  });
  return { log, entry, options: { runs: 2, now: () => clock, note: () => {} } };
}

test("the median is the middle value, or the mean of the middle two, whatever the order", () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([10, 1, 4, 2])).toBe(3);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
});

test("the ratio is the median over pairs, so that a slow pair of both changes nothing", () => {
  expect(pairedRatio([1, 1, 100], [2, 2, 200])).toBe(0.5);
  expect(pairedRatio([1, 2, 30], [2, 4, 10])).toBe(0.5);
});

test("contenders are warmed up once and then run in turn", async () => {
  const { log, entry, options } = rehearsal(1);
  const samples = await runPaired(entry(), options);
  const warmUps = ["prepare ours", "ours", "prepare stock", "stock", "prepare jaxjs", "jaxjs"];
  const pair = ["ours", "stock", "jaxjs"];
  expect(log).toEqual([...warmUps, ...pair, ...pair, "dispose ours", "dispose stock", "dispose jaxjs"]);
  expect(samples).toEqual({ ours: [10, 10], stock: [30, 30], jaxjs: [20, 20] });
});

test("the time is that of one operation where a run asks for several", async () => {
  const { entry, options } = rehearsal(5);
  expect((await runPaired(entry(), options)).stock).toEqual([6, 6]);
});

test("a missing contender has no times", async () => {
  const { entry, options } = rehearsal(1);
  const samples = await runPaired(entry({ ours: null }), options);
  expect(samples).toEqual({ ours: null, stock: [30, 30], jaxjs: [20, 20] });
});

test("a failing contender ends the case and leaves nothing on the device", async () => {
  const { log, entry, options } = rehearsal(1, "stock");
  await expect(runPaired(entry(), options)).rejects.toThrow("stock failed");
  expect(log.filter((line) => line.startsWith("dispose"))).toEqual(["dispose ours", "dispose stock"]);
});
