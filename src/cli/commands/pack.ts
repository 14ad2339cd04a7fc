import { stat } from "node:fs/promises";
import { formatBytes } from "../../base/bytes";
import { MOST_CHOSEN } from "../../engine/chosen-files";
import { importFiles } from "../../engine/files-import";
import { packRun } from "../../engine/run-archive";
import type { Command, Invocation } from "../command";
import { writeWhole } from "../files";
import { readFiles, takenUp, unusedFolder } from "../imported";
import { RunFolder } from "../run-folder";
import { requiredText } from "../values";

export const packCommand: Command = {
  name: "pack",
  synopsis: "--run DIR --out FILE",
  summary: "save a run with its checkpoints as one file, to go on with in a browser or on another machine",
  notes: ["--run DIR        folder of the run", "--out FILE       the .zip to write"],
  options: { run: { type: "string" }, out: { type: "string" } },
  positionals: [0, 0],
  async run({ values }: Invocation) {
    const folder = new RunFolder(requiredText(values, "run"));
    const file = requiredText(values, "out");
    const { id } = await folder.requireRecord();
    await writeWhole(file, (await packRun(folder.runs, id)).stream);
    const { size: bytes } = await stat(file);
    return { json: { file, run: id, bytes }, text: `${file}: run ${id}, ${formatBytes(bytes)}` };
  },
};

export const unpackCommand: Command = {
  name: "unpack",
  synopsis: "FILE... --run DIR",
  summary: "take up a saved run, an exported bundle or a checkpoint in a folder of its own; `splitnet run` continues it",
  notes: [
    "FILE...          what `splitnet pack` or `export` or the page has saved, a checkpoint of stage 1, or",
    "                 config.json, model.safetensors and assignments.safetensors of a bundle together",
    "--run DIR        a folder that holds no run yet",
  ],
  options: { run: { type: "string" } },
  positionals: [1, MOST_CHOSEN],
  async run({ values, positionals }: Invocation) {
    const folder = await unusedFolder(requiredText(values, "run"));
    const files = await readFiles(positionals);
    return takenUp(folder, await importFiles({ runs: folder.runs, now: () => Date.now() }, files, null));
  },
};
