import { StudioError } from "../../src/base/errors";
import { Draws } from "./draws";
import type { Attempt, Target } from "./target";

const SLOW_MS = 1000;
const GROWTH_LIMIT_BYTES = 64 * 2 ** 20;
/** A longer message is not one that a person reads. */
const LONGEST_MESSAGE = 5000;

export interface Failure {
  readonly target: string;
  /** Number of the mutant, which with the seed makes it again, or name of the bomb. */
  readonly input: number | string;
  readonly what: string;
}

export interface TargetReport {
  readonly inputs: number;
  readonly refused: number;
  readonly slowestMs: number;
  readonly peakGrowthBytes: number;
}

export interface FuzzReport {
  readonly inputs: number;
  readonly seed: number;
  readonly failures: readonly Failure[];
  readonly slowestMs: number;
  readonly peakGrowthBytes: number;
  readonly perTarget: Readonly<Record<string, TargetReport>>;
}

export interface FuzzOptions {
  /** In all; every bomb counts as one, and each target gets its share of mutants. */
  readonly inputs: number;
  readonly seed: number;
  /** Told before every input. */
  readonly onInput?: (target: string, input: number | string) => void;
}

/** Parses bombs and mutants, one at a time, and reports what is no clean answer. */
export async function fuzz(targets: readonly Target[], { inputs, seed, onInput }: FuzzOptions): Promise<FuzzReport> {
  const failures: Failure[] = [];
  const perTarget: Record<string, TargetReport> = {};
  for (const [index, target] of targets.entries()) {
    const bombs = Object.entries(target.bombs);
    const share = Math.floor(inputs / targets.length) + (index < inputs % targets.length ? 1 : 0);
    const answers: Answer[] = [];
    const take = async (input: number | string, make: () => Attempt): Promise<void> => {
      onInput?.(target.name, input);
      const answer = await answerTo(make);
      answers.push({ ...answer, what: null });
      if (answer.what !== null) failures.push({ target: target.name, input, what: answer.what });
    };
    for (const [name, bomb] of bombs) await take(name, bomb);
    for (let input = 0; input < share - bombs.length; input++) {
      await take(input, () => target.mutant(new Draws(seed, target.name, input)));
    }
    perTarget[target.name] = {
      inputs: answers.length,
      refused: answers.filter(({ refused }) => refused).length,
      slowestMs: most(answers.map(({ ms }) => ms)),
      peakGrowthBytes: most(answers.map(({ growthBytes }) => growthBytes)),
    };
  }
  const all = Object.values(perTarget);
  return {
    inputs: all.reduce((sum, report) => sum + report.inputs, 0),
    seed,
    failures,
    slowestMs: most(all.map(({ slowestMs }) => slowestMs)),
    peakGrowthBytes: most(all.map(({ peakGrowthBytes }) => peakGrowthBytes)),
    perTarget,
  };
}

interface Answer {
  readonly refused: boolean;
  /** What is wrong with it, null for a clean answer. */
  readonly what: string | null;
  /** By the clock or of the processor, whichever is less: other programs run beside this one. */
  readonly ms: number;
  readonly growthBytes: number;
}

/** Parses an input; one that was slow gets a second chance: the first one may have paid for the garbage of others. */
async function answerTo(make: () => Attempt): Promise<Answer> {
  const first = await measured(make());
  if (first.ms <= SLOW_MS) return first;
  const second = await measured(make());
  return second.ms <= SLOW_MS ? second : { ...second, what: `took ${Math.round(second.ms)} ms` };
}

async function measured(attempt: Attempt): Promise<Answer> {
  const before = usedBytes();
  const start = performance.now();
  const processor = process.cpuUsage();
  const { refused, what } = await outcomeOf(attempt);
  const { user, system } = process.cpuUsage(processor);
  const ms = Math.min(performance.now() - start, (user + system) / 1000);
  const growthBytes = usedBytes() - before;
  const grown = growthBytes > GROWTH_LIMIT_BYTES ? `grew by ${Math.round(growthBytes / 2 ** 20)} MiB` : null;
  return { refused, what: what ?? grown, ms, growthBytes };
}

async function outcomeOf(attempt: Attempt): Promise<{ readonly refused: boolean; readonly what: string | null }> {
  try {
    await attempt();
    return { refused: false, what: null };
  } catch (error) {
    if (!(error instanceof StudioError)) return { refused: false, what: `threw ${describe(error)}` };
    const { message, cure } = error;
    const clear = message.length > 0 && cure.length > 0 && message.length <= LONGEST_MESSAGE;
    return { refused: true, what: clear ? null : `a message of ${message.length} characters, a cure of ${cure.length}` };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 4).join(" ").slice(0, 600) : typeof error;
}

/** Of the heap and of what it holds outside: array buffers. */
function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function most(values: readonly number[]): number {
  return values.reduce((highest, value) => Math.max(highest, value), 0);
}
