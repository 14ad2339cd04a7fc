import type { Command } from "../command";
import { commandUsage, programUsage } from "../usage";
import { UsageError } from "../values";

/** `help [COMMAND]`, made from the table it is part of. */
export function helpCommand(commands: () => readonly Command[]): Command {
  return {
    name: "help",
    synopsis: "[COMMAND]",
    summary: "this overview, or the options of one command",
    notes: [],
    options: {},
    positionals: [0, 1],
    async run({ positionals }) {
      const [name] = positionals;
      const chosen = commands().filter((command) => name === undefined || command.name === name);
      const [only] = chosen;
      if (only === undefined) throw new UsageError(`there is no command named ${name}`);
      return {
        json: { commands: chosen.map(({ name: of, synopsis, summary, notes }) => ({ name: of, synopsis, summary, notes })) },
        text: name === undefined ? programUsage(chosen) : commandUsage(only),
      };
    },
  };
}
