import { MOST_CHOSEN } from "../../engine/chosen-files";
import { importFiles } from "../../engine/files-import";
import type { Command, Invocation } from "../command";
import { readFiles, takenUp, unusedFolder } from "../imported";
import { RunFolder } from "../run-folder";
import { requiredText } from "../values";

export const importCommand: Command = {
  name: "import",
  synopsis: "FILE... --of DIR --run DIR",
  summary: "make a run of weights from another program and the stage 1 and plan of a split run, which stays as it is",
  notes: [
    "FILE...          model.safetensors, all of it or whole branches; model.onnx; or model.json with its .bin files",
    "--of DIR         folder of the split run that the weights are of",
    "--run DIR        a folder that holds no run yet",
  ],
  options: { of: { type: "string" }, run: { type: "string" } },
  positionals: [1, MOST_CHOSEN],
  async run({ values, positionals }: Invocation) {
    const folder = await unusedFolder(requiredText(values, "run"));
    const owner = new RunFolder(requiredText(values, "of"));
    const { id } = await owner.requireRecord();
    const files = await readFiles(positionals);
    const context = { runs: folder.runs, now: () => Date.now() };
    return takenUp(folder, await importFiles(context, files, { id, runs: owner.runs }));
  },
};
