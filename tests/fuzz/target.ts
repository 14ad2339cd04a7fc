import type { Draws } from "./draws";

/** Parses one input: it may return or throw a StudioError, nothing else. */
export type Attempt = () => unknown;

/** A parser of what others wrote. */
export interface Target {
  readonly name: string;
  /** An input made of a valid one by seeded changes, ready to be parsed. */
  readonly mutant: (draws: Draws) => Attempt;
  /** Inputs that claim more than they are, ask for more than they bring, or are valid to excess. */
  readonly bombs: Readonly<Record<string, () => Attempt>>;
}

/** What holds for every input that a parser accepts. */
export function hold(condition: boolean, law: string): void {
  if (!condition) throw new Error(`accepted, although ${law} does not hold`);
}
