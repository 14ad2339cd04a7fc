import type { Command } from "./command";
import { clusterCommand } from "./commands/cluster";
import { controlsCommand } from "./commands/controls";
import { downloadCommand } from "./commands/download";
import { goldenCommand } from "./commands/golden";
import { helpCommand } from "./commands/help";
import { importCommand } from "./commands/import";
import { inspectCommand } from "./commands/inspect";
import { mergeCommand } from "./commands/merge";
import { modelCommand } from "./commands/model";
import { packCommand, unpackCommand } from "./commands/pack";
import { sampleCommand } from "./commands/sample";
import { evaluateCommand, exportCommand, finetuneCommand, groupCommand, runCommand, splitCommand } from "./commands/stages";
import { studyCommand } from "./commands/study";
import { sweepCommand } from "./commands/sweep";
import { verifyCommand } from "./commands/verify";

/** Every command, in the order in which a person meets them. */
export const COMMANDS: readonly Command[] = [
  downloadCommand,
  sampleCommand,
  inspectCommand,
  modelCommand,
  runCommand,
  groupCommand,
  splitCommand,
  finetuneCommand,
  evaluateCommand,
  exportCommand,
  studyCommand,
  sweepCommand,
  mergeCommand,
  clusterCommand,
  verifyCommand,
  controlsCommand,
  packCommand,
  unpackCommand,
  importCommand,
  goldenCommand,
  helpCommand(() => COMMANDS),
];
