import { formatBytes } from "../../base/bytes";
import { DEFAULT_SAMPLE, sampleDataset } from "../../data/sample";
import { aboutLevel, SAMPLE_LEVELS } from "../../data/sample-levels";
import { inspect } from "../../data/summary";
import { binaryArchive } from "../../data/write-archive";
import type { Command, Invocation } from "../command";
import { writeWhole } from "../files";
import { formatCount } from "../format";
import { choice, integer, requiredText } from "../values";

export const sampleCommand: Command = {
  name: "sample",
  synopsis: "--out FILE [--level NAME --classes N --superclasses M --train N --test N --seed N]",
  summary: "draw a small data set in which families of classes look alike, as a binary archive",
  notes: [
    "--out FILE       the .tar.gz to write",
    `--level NAME     ${SAMPLE_LEVELS.join(", ")}: how hard it is to learn (easy); docs/data.md says what each is for`,
    `--classes N      classes (${DEFAULT_SAMPLE.classes})`,
    `--superclasses M families of classes (${DEFAULT_SAMPLE.superclasses})`,
    `--train N        training images (${DEFAULT_SAMPLE.train})`,
    `--test N         test images (${DEFAULT_SAMPLE.test})`,
    `--seed N         seed of the drawing (${DEFAULT_SAMPLE.seed}); equal numbers give equal bytes`,
  ],
  options: {
    out: { type: "string" },
    level: { type: "string" },
    classes: { type: "string" },
    superclasses: { type: "string" },
    train: { type: "string" },
    test: { type: "string" },
    seed: { type: "string" },
  },
  positionals: [0, 0],
  async run({ values }: Invocation) {
    const file = requiredText(values, "out");
    const options = {
      classes: integer(values, "classes", DEFAULT_SAMPLE.classes, 1),
      superclasses: integer(values, "superclasses", DEFAULT_SAMPLE.superclasses, 1),
      train: integer(values, "train", DEFAULT_SAMPLE.train, 1),
      test: integer(values, "test", DEFAULT_SAMPLE.test, 1),
      seed: integer(values, "seed", DEFAULT_SAMPLE.seed, 0),
      level: choice(values, "level", SAMPLE_LEVELS) ?? "easy",
    };
    const { dataset, families } = sampleDataset(options);
    const bytes = await binaryArchive(dataset, aboutLevel(options.level));
    await writeWhole(file, bytes);
    const { classes, superclasses, train, test } = options;
    return {
      json: { file, bytes: bytes.length, options, families, ...inspect(dataset) },
      text:
        `${file}: ${formatBytes(bytes.length)}, ${formatCount(train)} training and ${formatCount(test)} test images, ` +
        `${classes} classes in ${superclasses} families`,
    };
  },
};
