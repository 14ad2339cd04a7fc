import type { Command } from "./command";
import { downloadCommand } from "./commands/download";
import { goldenCommand } from "./commands/golden";
import { helpCommand } from "./commands/help";
import { modelCommand } from "./commands/model";

/** Every command, in the order in which a person meets them. */
export const COMMANDS: readonly Command[] = [downloadCommand, modelCommand, goldenCommand, helpCommand(() => COMMANDS)];
