import { summarize } from "../../data/summary";
import { MOST_CHOSEN } from "../../engine/chosen-files";
import { type Beginning, importFiles, type WeightsOwner } from "../../engine/files-import";
import type { Command, Invocation } from "../command";
import { CONFIGURATION_NOTES, CONFIGURATION_OPTIONS, readConfiguration } from "../configuration";
import { readDataset } from "../data-source";
import { readFiles, takenUp, unusedFolder } from "../imported";
import { RunFolder } from "../run-folder";
import { SPLIT_SEED } from "../session";
import { optionalText, requiredText, UsageError } from "../values";

export const importCommand: Command = {
  name: "import",
  synopsis: "FILE... --run DIR (--of DIR | --data ARCHIVE --preset NAME [--config FILE] [--published])",
  summary: "make a run of weights from another program: those of a split run beside it, or those of an unsplit network",
  notes: [
    "FILE...          model.safetensors, all of it or whole branches; model.onnx; model.json with its .bin files;",
    "                 or a safetensors file of an unsplit network",
    "--run DIR        a folder that holds no run yet",
    "--of DIR         folder of the split run that the weights are of",
    "--data ARCHIVE   the data set of an unsplit network",
    ...CONFIGURATION_NOTES,
  ],
  options: { of: { type: "string" }, run: { type: "string" }, data: { type: "string" }, ...CONFIGURATION_OPTIONS },
  positionals: [1, MOST_CHOSEN],
  async run(invocation: Invocation) {
    const folder = await unusedFolder(requiredText(invocation.values, "run"));
    const [of, data] = [optionalText(invocation.values, "of"), optionalText(invocation.values, "data")];
    if ((of === undefined) === (data === undefined)) throw new UsageError("give one of --of DIR and --data ARCHIVE");
    const owner = of === undefined ? null : await ownerIn(of);
    const beginning = data === undefined ? null : await beginningOf(data, invocation);
    const files = await readFiles(invocation.positionals);
    return takenUp(folder, await importFiles({ runs: folder.runs, now: () => Date.now() }, files, owner, beginning));
  },
};

async function ownerIn(path: string): Promise<WeightsOwner> {
  const folder = new RunFolder(path);
  const { id } = await folder.requireRecord();
  return { id, runs: folder.runs };
}

async function beginningOf(archive: string, { values, progress, signal }: Invocation): Promise<Beginning> {
  const config = await readConfiguration(values);
  return { config, dataset: summarize(await readDataset([archive], progress, signal), SPLIT_SEED) };
}
