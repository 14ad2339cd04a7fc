import { inspect, summarize } from "../../data/summary";
import type { Command, Invocation } from "../command";
import { readDataset } from "../data-source";
import { formatCount, formatTable } from "../format";

export const inspectCommand: Command = {
  name: "inspect",
  synopsis: "ARCHIVE...",
  summary: "counts, checksums and names of a data set, whatever kind of archive it is in",
  notes: ["ARCHIVE          one .tar.gz or .tar (binary or python), or the loose files: train.bin test.bin and label names"],
  options: {},
  positionals: [1, 16],
  async run({ positionals, progress, signal }: Invocation) {
    const imported = await readDataset(positionals, progress, signal);
    const digest = inspect(imported.dataset);
    const { source, original, superclassOf, trainPerClass, testPerClass } = summarize(imported, 0);
    const part = (name: "train" | "test") => {
      const { count, images, fine, coarse } = digest[name];
      return [`${name}: ${formatCount(count)} images`, `  images ${images}`, `  fine   ${fine}`, `  coarse ${coarse}`];
    };
    const rows = digest.classes.map((name, label) => [
      name,
      digest.superclasses[superclassOf[label]!]!,
      formatCount(trainPerClass[label]!),
      formatCount(testPerClass[label]!),
    ]);
    const text = [
      `${source}: ${original ?? "no published archive"}, ${digest.classes.length} classes in ${digest.superclasses.length} superclasses`,
      ...part("train"),
      ...part("test"),
      "",
      formatTable([["class", "superclass", "train", "test"], ...rows]),
    ];
    return { json: digest, text: text.join("\n") };
  },
};
