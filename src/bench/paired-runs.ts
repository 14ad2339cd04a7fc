import { type BenchCase, CONTENDER_NAMES, type Contender, type ContenderName } from "./contender";

/** Milliseconds of one operation, one entry a pair; null where there is no contender. */
export type Samples = Readonly<Record<ContenderName, readonly number[] | null>>;

export interface PairedRunOptions {
  readonly runs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly note: (line: string) => void;
}

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** Median over the pairs of `left` / `right`: what both share (a busy machine, a warm one) cancels in each pair. */
export function pairedRatio(left: readonly number[], right: readonly number[]): number {
  return median(left.map((value, pair) => value / (right[pair] ?? Number.NaN)));
}

/** Prepares all contenders, warms each up once, then times them in turn: A B C, A B C, ... */
export async function runPaired(
  { name, repeats, contenders }: BenchCase,
  { runs, now, note }: PairedRunOptions,
): Promise<Samples> {
  const ready: { readonly by: ContenderName; readonly contender: Contender; readonly times: number[] }[] = [];
  const time = async (contender: Contender): Promise<number> => {
    const started = now();
    await contender.run();
    return (now() - started) / repeats;
  };
  try {
    for (const by of CONTENDER_NAMES) {
      const contender = await contenders[by]?.();
      if (contender === undefined) continue;
      ready.push({ by, contender, times: [] });
      note(`${name}: ${by} warmed up in ${Math.round((await time(contender)) * repeats)} ms`);
    }
    for (let run = 0; run < runs; run++) for (const { contender, times } of ready) times.push(await time(contender));
  } finally {
    for (const { contender } of ready) contender.dispose();
  }
  const timesOf = (wanted: ContenderName) => ready.find(({ by }) => by === wanted)?.times ?? null;
  return { ours: timesOf("ours"), stock: timesOf("stock"), jaxjs: timesOf("jaxjs") };
}
