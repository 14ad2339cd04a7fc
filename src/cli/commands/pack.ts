import { stat } from "node:fs/promises";
import { formatBytes } from "../../base/bytes";
import { RequestError } from "../../base/errors";
import { packRun } from "../../engine/run-archive";
import { importRun } from "../../engine/run-import";
import type { Command, Invocation } from "../command";
import { readBytes, writeWhole } from "../files";
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
  synopsis: "FILE --run DIR",
  summary: "take up a saved run, an exported bundle or a checkpoint in a folder of its own; `splitnet run` continues it",
  notes: [
    "FILE             what `splitnet pack` or `export` or the page has saved, or a checkpoint of stage 1",
    "--run DIR        a folder that holds no run yet",
  ],
  options: { run: { type: "string" } },
  positionals: [1, 1],
  async run({ values, positionals }: Invocation) {
    const folder = new RunFolder(requiredText(values, "run"));
    if ((await folder.record()) !== null) {
      throw new RequestError(`${folder.path}: holds a run already`, "Choose another folder for the saved one.");
    }
    const bytes = await readBytes(positionals[0]!);
    const record = await importRun({ runs: folder.runs, now: () => Date.now() }, bytes);
    return {
      json: { folder: folder.path, run: record.id, phase: record.phase, checkpointStep: record.checkpointStep },
      text: `${folder.path}: run ${record.id}, ${record.phase}, after step ${record.checkpointStep}. Continue with: splitnet run --out ${folder.path} --data ARCHIVE`,
    };
  },
};
