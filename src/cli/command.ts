import type { ParseArgsConfig } from "node:util";
import type { StudioError } from "../base/errors";
import type { Io } from "./io";
import type { Progress } from "./progress";
import type { OptionValues } from "./values";

/** What a command hands back: printed as JSON with --json, as text without. */
export interface CommandResult {
  readonly json: unknown;
  readonly text: string;
  /** What went wrong although there is a result: told after it, with the exit code of a failure. */
  readonly failure?: StudioError;
}

export interface Invocation {
  readonly values: OptionValues;
  readonly positionals: readonly string[];
  readonly io: Io;
  readonly progress: Progress;
  /** Aborts when the person interrupts the program; long commands save what they have and stop. */
  readonly signal: AbortSignal;
}

/** One row of the command table. --json and --help are understood by every command. */
export interface Command {
  readonly name: string;
  /** What follows the name on the usage line. */
  readonly synopsis: string;
  readonly summary: string;
  /** One line an option, for `splitnet help NAME`. */
  readonly notes: readonly string[];
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** Fewest and most arguments that are not options. */
  readonly positionals: readonly [number, number];
  /** Throws StudioError for failures and UsageError for impossible arguments. */
  run(invocation: Invocation): Promise<CommandResult>;
}
