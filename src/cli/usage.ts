import type { Command } from "./command";

/** Overview of all commands. */
export function programUsage(commands: readonly Command[]): string {
  return [
    "usage: splitnet COMMAND [options]",
    "",
    ...commands.map((command) => `  ${command.name.padEnd(10)} ${command.summary}`),
    "",
    "--json on any command prints one JSON document and nothing else; `splitnet help COMMAND` lists its options.",
  ].join("\n");
}

/** Usage line and options of one command. */
export function commandUsage(command: Command): string {
  const notes = [...command.notes, "--json           print one JSON document on standard output"];
  return [
    `usage: splitnet ${command.name} ${command.synopsis}`.trimEnd(),
    "",
    command.summary,
    "",
    ...notes.map((note) => `  ${note}`),
  ].join("\n");
}
