import { parseArgs } from "node:util";
import { toErrorValue } from "../base/errors";
import { STUDIO_VERSION } from "../engine/version";
import type { Command } from "./command";
import { COMMANDS } from "./commands";
import { formatJson } from "./format";
import { InterruptedError } from "./interrupt";
import type { Io } from "./io";
import { Progress } from "./progress";
import { commandUsage, programUsage } from "./usage";
import { UsageError } from "./values";

/**
 * Exit codes: done, failed with one line that names cause and cure, called in a way it does not understand, and stopped by the
 * person (what shells call an end by Ctrl-C).
 */
export const EXIT_DONE = 0;
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_INTERRUPTED = 130;

/** Runs the program for `args` (without node and script) and gives its exit code; never throws. */
export async function runProgram(args: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  const progress = new Progress(io);
  const command = COMMANDS.find(({ name }) => name === args[0]);
  try {
    if (command === undefined) return overview(args, io);
    const parsed = parse(command, args.slice(1));
    if (parsed.values.help === true) {
      io.out(`${commandUsage(command)}\n`);
      return EXIT_DONE;
    }
    const result = await command.run({ ...parsed, io, progress, signal });
    progress.end();
    io.out(parsed.values.json === true ? formatJson(result.json) : `${result.text}\n`);
    return result.failure === undefined ? EXIT_DONE : report(result.failure, command, io);
  } catch (error) {
    progress.end();
    return report(error, command, io);
  }
}

/** What can be said without a command. */
function overview(args: readonly string[], io: Io): number {
  const json = args.includes("--json");
  const [first] = args.filter((arg) => arg !== "--json");
  if (first === "--version") {
    io.out(json ? formatJson({ version: STUDIO_VERSION }) : `${STUDIO_VERSION}\n`);
  } else if (first === "--help" || first === "-h") {
    io.out(`${programUsage(COMMANDS)}\n`);
  } else {
    throw new UsageError(first === undefined ? "no command was given" : `there is no command named ${first}`);
  }
  return EXIT_DONE;
}

function parse(command: Command, args: string[]) {
  const options = { ...command.options, json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
  const { values, positionals } = parsedOrUsageError(() => parseArgs({ args, options, strict: true, allowPositionals: true }));
  const [fewest, most] = command.positionals;
  if (values.help !== true && (positionals.length < fewest || positionals.length > most)) {
    const surplus = positionals[most];
    throw new UsageError(surplus === undefined ? `${command.name} needs ${command.synopsis}` : `${surplus}: not expected here`);
  }
  return { values, positionals };
}

function parsedOrUsageError<Parsed>(read: () => Parsed): Parsed {
  try {
    return read();
  } catch (error) {
    throw new UsageError(oneLine(error instanceof Error ? error.message : String(error)), { cause: error });
  }
}

function report(error: unknown, command: Command | undefined, io: Io): number {
  if (error instanceof UsageError) {
    io.err(`splitnet: ${oneLine(error.message)}\n${command === undefined ? programUsage(COMMANDS) : commandUsage(command)}\n`);
    return EXIT_USAGE;
  }
  const { message, cure } = toErrorValue(error);
  io.err(`splitnet: ${sentence(oneLine(message))} ${oneLine(cure)}\n`);
  return error instanceof InterruptedError ? EXIT_INTERRUPTED : EXIT_FAILED;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
