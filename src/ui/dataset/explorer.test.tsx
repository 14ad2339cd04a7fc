import { expect, test } from "vitest";
import type { EngineEvent } from "../../protocol/events";
import type { PreviewView } from "../../protocol/views";
import { READY, sampleDataset } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { DatasetPanel } from "./dataset-panel";
import { Explorer } from "./explorer";
import { ExplorerControls } from "./explorer-controls";
import { PartCounts } from "./part-counts";
import { Preview } from "./preview";

const rgba = (images: number) => new Uint8ClampedArray(4096 * images);

test("stored data can be explored, in a dialog that is closed until then", () => {
  const markup = renderAfter(<DatasetPanel />, READY);
  expect(buttonNamed(markup, "Explore the images")).not.toContain("disabled");
  expect(renderAfter(<Explorer dataset={sampleDataset} />, READY)).toMatch(/<dialog(?! open)[^>]*aria-labelledby/);
});

test("a chosen superclass leaves its own classes to choose from", () => {
  const choice = { part: "test", superclass: 1, label: null, order: "index" } as const;
  const words = textOf(
    renderAfter(<ExplorerControls dataset={sampleDataset} choice={choice} onChoice={() => undefined} />, READY),
  );
  expect(words).toContain("Part Training Validation Test Superclass all fruit vehicles Class all bus tram train Order");
});

test("images are counted by class and part, and in all", () => {
  const perClass = { train: [90, 91, 89, 90, 93, 87], validation: [10, 10, 10, 10, 10, 10], test: [10, 10, 10, 10, 10, 10] };
  const words = textOf(renderAfter(<PartCounts dataset={sampleDataset} perClass={perClass} />, READY));
  expect(words).toContain("Class Superclass Training Validation Test apple fruit 90 10 10");
  expect(words).toContain("all 540 60 60");
});

const preview: PreviewView = {
  part: "train",
  index: 4,
  label: 1,
  seed: 1,
  stage: "group",
  draws: [
    { epoch: 0, step: 12, down: -3, right: 2, flip: true },
    { epoch: 1, step: 1034, down: 0, right: 0, flip: false },
  ],
  rgba: rgba(4),
};
const previewed: EngineEvent[] = [...READY, { kind: "imagePreviewed", preview }];

test("a training image stands beside its draws, each with its step, crop and mirroring in words", () => {
  const words = textOf(renderAfter(<Preview part="train" index={4} classes={sampleDataset.classes} />, previewed));
  for (const fact of ["pear, as it is", "as evaluated: whitened only", "epoch 1, step 12: 3 up, 2 right, mirrored"])
    expect(words).toContain(fact);
  expect(words).toContain("epoch 2, step 1,034: middle crop");
});

test("a preview of another image is pending, one that is not trained on says so, and a wrong configuration asks to be corrected", () => {
  const classes = sampleDataset.classes;
  expect(renderAfter(<Preview part="train" index={5} classes={classes} />, previewed)).toContain('aria-busy="true"');
  expect(textOf(renderAfter(<Preview part="test" index={4} classes={classes} />, READY))).toContain(
    "neither cropped nor mirrored",
  );
  const wrong = renderAfter(<Preview part="train" index={4} classes={classes} />, READY, (store) =>
    store.editField("grouping", "x"),
  );
  expect(textOf(wrong)).toContain("not trainable yet");
});
