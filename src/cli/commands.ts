import type { Command } from "./command";
import { downloadCommand } from "./commands/download";
import { goldenCommand } from "./commands/golden";
import { helpCommand } from "./commands/help";
import { inspectCommand } from "./commands/inspect";
import { modelCommand } from "./commands/model";
import { sampleCommand } from "./commands/sample";

/** Every command, in the order in which a person meets them. */
export const COMMANDS: readonly Command[] = [
  downloadCommand,
  sampleCommand,
  inspectCommand,
  modelCommand,
  goldenCommand,
  helpCommand(() => COMMANDS),
];
