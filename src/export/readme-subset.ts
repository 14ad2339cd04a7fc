import type { Cost } from "../model/cost";
import { keptCost, keptNodes } from "../splitnet/savings";
import type { ExportInput } from "./export-input";
import { frontMatter } from "./front-matter";
import { percent, plain, table, whole } from "./markdown";
import { measuredSection, variantRows } from "./measured";
import { licenseSection } from "./model-card";
import { paritySection } from "./parity";
import { whiteningPython } from "./readme-loading";

/** README.md of a bundle of some classes: which they are, what is left out and what that saves, how good it is, and how to load it. */
export function subsetReadme(input: ExportInput, classes: readonly number[]): string {
  return [
    frontMatter(input, classes),
    introduction(input, classes),
    classesSection(input, classes),
    costSection(input, classes),
    accuracySection(input, classes),
    paritySection(input),
    loading(input, classes),
    filesSection(input),
    licenseSection(),
  ].join("\n");
}

function introduction({ run, plan, tree, version }: ExportInput, classes: readonly number[]): string {
  const branches = keptNodes(tree.root, classes).filter((node) => node.children.length === 0);
  const leaves = keptNodes(tree.root, tree.root.classes).filter((node) => node.children.length === 0);
  return `# ${plain(plan.spec.name)}: ${classes.length} of ${run.classes.length} classes

A part of a SplitNet image classifier (Kim et al., ICML 2017): the trunk and the branches that decide these ${classes.length} classes,
${branches.length} of ${leaves.length} leaves of the tree. It tells these classes apart and knows no other: an image of anything else gets one of them.
Made by SplitNet Studio ${version}, run \`${run.id}\` of ${new Date(run.createdAt).toISOString().slice(0, 10)}.
`;
}

function classesSection({ run, tree }: ExportInput, classes: readonly number[]): string {
  const leaves = keptNodes(tree.root, classes).filter((node) => node.children.length === 0);
  const rows = classes.map((label, position) => [
    String(position),
    plain(run.classes[label] ?? String(label)),
    String(label),
    leaves.find((leaf) => leaf.classes.includes(label))?.label ?? "",
  ]);
  return `## Classes\n\n${table(["logit", "class", "label in the whole network", "branch"], rows)}`;
}

function costSection({ tree }: ExportInput, classes: readonly number[]): string {
  const kept = keptCost(tree, classes);
  const row = (name: string, read: (cost: Cost) => number): string[] => [
    ...[name, whole(read(tree.split)), whole(read(kept)), percent(1 - read(kept) / read(tree.split))],
  ];
  const rows = [row("parameters", (cost) => cost.parameters), row("FLOPs an image", (cost) => cost.flops)];
  const rule = `Counted as published: convolutions but the first and fully connected layers, 2 FLOPs a multiply-add. Parts kept: ${keptNodes(
    tree.root,
    classes,
  )
    .map(({ label }) => label)
    .join(", ")}. A branch that is kept is kept whole, with the classes of it that were not asked for.`;
  return `## What is saved\n\n${table(["", "whole split network", "these classes", "saved"], rows)}\n${rule}\n`;
}

function accuracySection({ measured }: ExportInput, classes: readonly number[]): string {
  if (!measured) return "## Accuracy\n\nNot measured: the data set has no test image of these classes.\n";
  const { count, original } = measured;
  const top5 = classes.length > 5 ? `, top-5 ${percent(original.top5)}` : "";
  const summary = `On the ${whole(count)} test images of these ${classes.length} classes, deciding among them alone: top-1 ${percent(original.top1)}${top5}.`;
  const section = `## Accuracy\n\n${summary} That is an easier task than deciding among all classes: do not compare the two.\n`;
  return measured.variants.length === 0 ? section : `${section}\n${measuredSection(measured)}`;
}

function loading(input: ExportInput, classes: readonly number[]): string {
  return `## Loading

\`image\` is float32 [N, 3, 32, 32], whitened per image and channel; \`logits\` is [N, ${classes.length}] in the order of the table above.

\`\`\`python
${whiteningPython(input)}
classes = [entry["name"] for entry in json.load(open("config.json"))["classes"]]
session = ort.InferenceSession("onnx/subset.onnx")
(logits,) = session.run(["logits"], {"image": whiten(images)})
print([classes[position] for position in logits.argmax(axis=1)])
\`\`\`
`;
}

function filesSection({ measured }: ExportInput): string {
  const rows = [
    [
      "`onnx/subset.onnx`",
      "trunk and branches of these classes in one graph: operator set 17, dynamic batch; `class_ids` in its metadata",
    ],
    ...variantRows("subset", measured),
    ["`config.json`", "classes, parts kept, cost, preprocessing"],
    ["`check.safetensors`", "`image`: the first test images as the network takes them; `logits`: what the studio gets for them"],
    ["`SHA256SUMS`", "check with `sha256sum -c SHA256SUMS`"],
  ];
  return `## Files\n\n${table(["file", "content"], rows)}`;
}
