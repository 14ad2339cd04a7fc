import { count, percent } from "../kit/format";

export const trying = {
  title: "Try it",
  none: "Once a run is grouped, its networks can be tried here on an image of yours or on a test image.",
  choose: "Choose image",
  random: "Random test image",
  hint: "Drop a PNG, JPEG or WebP image of any size here, paste one with Ctrl+V, or choose it. Its centre square is scaled to 32 × 32 pixels, which is all the networks see. It stays in this browser and is not kept: a reload forgets it.",
  pending: "The networks look at the image",
  fileName: "the pasted image",
  image: (name: string) => `${name}, as it is fed to the networks`,
  file: (name: string) => `${name}, as it is fed: 32 × 32 pixels`,
  test: (index: number, label: string) => `Test image ${count(index)}, ${label}, as it is fed: 32 × 32 pixels`,
  failed: "The image was not tried:",
  fires: (branch: string, share: number, path: readonly string[]) =>
    `${branch} fires with ${percent(share)}${path.length > 1 ? `: ${path.join(" › ")}` : ""}.`,
  likeliest: (name: string, probability: number) => `Most likely ${name}, ${percent(probability)}.`,
  lit: "It is lit in every picture; Escape lets it go.",
  classOf: (network: string) => `${network} network`,
  probability: "Probability",
  truth: "true class",
  branches: "Branches",
  branchesHint:
    "Probability is the sum over the classes of the branch; activation is the mean of its channels as the last layer reads them, averaged over the image.",
  branchTable: "Probability and mean activation of each branch",
  branch: "Branch",
  activation: "Activation",
} as const;
