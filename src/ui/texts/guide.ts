import type { Chapter } from "../../state/guide";

/** A panel that a chapter points at. */
export type GuidePanel = "curves" | "groups" | "tree" | "results" | "dataset";

export interface ChapterText {
  readonly title: string;
  readonly body: string;
  /** Panels to look at, each with what to look for. */
  readonly look: readonly { readonly panel: GuidePanel; readonly what: string }[];
}

const chapters: Readonly<Record<Chapter, ChapterText>> = {
  welcome: {
    title: "A network that organises itself",
    body: "SplitNet learns which classes and which features belong together while it trains, then is cut into a tree of independent branches: about half the size, and each branch can run on a machine of its own. See it happen with made-up images first: about a minute on a GPU, several without one.",
    look: [{ panel: "dataset", what: "or bring in CIFAR-100 straight away" }],
  },
  loading: {
    title: "Reading images",
    body: "They are checked, and stored in this browser only. A part of the training images is set aside to validate.",
    look: [{ panel: "dataset", what: "classes, superclasses and the images themselves" }],
  },
  ready: {
    title: "Ready to group",
    body: "Choose a preset and press Group, or All in one go for the whole job. The preset tiny is done in minutes everywhere; paper is the published recipe and takes days.",
    look: [{ panel: "dataset", what: "what the network will see" }],
  },
  grouping: {
    title: "Stage 1: groups form",
    body: "The network learns to classify and, with three more terms in its loss, to decide which class and which channel goes into which group. At first every member belongs a little to every group; towards the end to one alone.",
    look: [
      { panel: "groups", what: "stripes of one colour: members that have decided" },
      { panel: "curves", what: "the terms overlap and weight split going down" },
    ],
  },
  finetuning: {
    title: "Stage 2: cut and fine-tuned",
    body: "Every weight between different groups is gone; what is left is a tree that shares nothing but its trunk. Training goes on to win back what the cut has cost.",
    look: [
      { panel: "tree", what: "branches as thick as their cost, and what was saved" },
      { panel: "curves", what: "validation accuracy recovering" },
    ],
  },
  evaluating: {
    title: "Tested before and after",
    body: "Both networks, unsplit and split, see the test images once. None of them was trained on.",
    look: [{ panel: "results", what: "the two side by side, in a moment" }],
  },
  paused: {
    title: "Paused",
    body: "Everything waits in memory, and its last checkpoint is stored. Resume goes on with exactly the numbers that would have come.",
    look: [{ panel: "groups", what: "how far the groups have come" }],
  },
  interrupted: {
    title: "Interrupted",
    body: "The run stopped before the end of its stage. Resume goes on from its last checkpoint as if nothing had happened.",
    look: [{ panel: "curves", what: "how far it came" }],
  },
  grouped: {
    title: "The groups are decided",
    body: "Split cuts the network along them and fine-tunes it. Evaluate tests the unsplit network already now.",
    look: [{ panel: "groups", what: "move the slider back to see how they formed" }],
  },
  split: {
    title: "Split",
    body: "The tree is trained. Evaluate compares it with the unsplit network.",
    look: [{ panel: "tree", what: "what each branch costs, and its classes" }],
  },
  finished: {
    title: "Done: a tree of independent branches",
    body: "The split network is smaller, and no branch needs another. Export takes it along for PyTorch or ONNX Runtime, with the code that loads it.",
    look: [
      { panel: "results", what: "accuracy and cost, before and after; click a cell to see mistakes" },
      { panel: "tree", what: "the branches and their classes" },
      { panel: "groups", what: "play how the groups formed" },
      { panel: "dataset", what: "then bring in data of your own" },
    ],
  },
};

export const guide = {
  title: "Guide",
  show: "Guide",
  hide: "Close the guide",
  begin: "Show me with sample data",
  look: "Look at",
  chapters,
} as const;
