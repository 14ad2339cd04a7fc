import type { Cost } from "../model/cost";
import type { EvaluationReport } from "../splitnet/evaluation";
import { classGroups, type ExportDataset, type ExportInput } from "./export-input";
import { frontMatter } from "./front-matter";
import { percent, plain, table, whole } from "./markdown";
import { measuredSection, variantRows } from "./measured";
import { licenseSection, trainingSection, usageSection } from "./model-card";
import { paritySection } from "./parity";
import { loadingSection } from "./readme-loading";

/** README.md of the bundle: what it is, how good it is as far as that is known, and how to load it. */
export function exportReadme(input: ExportInput): string {
  return [
    frontMatter(input),
    introduction(input),
    usageSection(input),
    dataSection(input.dataset),
    trainingSection(input),
    groupsSection(input),
    costSection(input),
    accuracySection(input),
    ...(input.measured ? [measuredSection(input.measured)] : []),
    paritySection(input),
    loadingSection(input),
    filesSection(input),
    licenseSection(),
  ].join("\n");
}

function introduction({ run, plan, version }: ExportInput): string {
  const steps = run.phase === "finetuned" ? run.config.finetune.steps : run.phase === "finetuning" ? run.checkpointStep : 0;
  const tuned =
    run.phase === "finetuned"
      ? `fine-tuned for ${whole(steps)} steps`
      : `**not fully fine-tuned**: ${whole(steps)} of ${whole(run.config.finetune.steps)} steps`;
  return `# ${plain(plan.spec.name)}

A SplitNet image classifier (Kim et al., ICML 2017): a network cut into a tree of independent branches, each deciding its own group
of classes. Grouping ${run.config.grouping}, blocks in ${run.config.blockOrder} order, seed ${run.config.seed}; ${tuned} after the split.
Made by SplitNet Studio ${version}, run \`${run.id}\` of ${new Date(run.createdAt).toISOString().slice(0, 10)}.
`;
}

function dataSection({ source, original, trainCount, testCount }: ExportDataset): string {
  const counts = `${whole(trainCount)} images for training and validation, ${whole(testCount)} test images`;
  const origin =
    original !== null
      ? `It was trained on ${plain(original)} (the checksum matches): ${counts}.`
      : source === "sample data"
        ? `It was trained on **procedurally drawn sample data**, not on photographs: ${counts}. Its accuracies say nothing about CIFAR-100.`
        : `It was trained on "${plain(source)}", whose checksum is not that of a published archive: ${counts}.`;
  return `## Data\n\n${origin}\n`;
}

function groupsSection({ run, tree }: ExportInput): string {
  const rows = classGroups(tree).map((leaf, index) => [
    String(index + 1),
    leaf.label,
    String(leaf.classes.length),
    leaf.classes.map((label) => plain(run.classes[label] ?? String(label))).join(", "),
  ]);
  return `## Groups\n\n${table(["group", "branch", "classes", "names"], rows)}`;
}

function costSection({ tree }: ExportInput): string {
  const row = (name: string, read: (cost: Cost) => number): string[] => {
    const [before, after] = [read(tree.unsplit), read(tree.split)];
    return [name, whole(before), whole(after), percent(1 - after / before)];
  };
  const rows = [row("parameters", (cost) => cost.parameters), row("FLOPs an image", (cost) => cost.flops)];
  const rule = "Counted as published: convolutions but the first and fully connected layers, 2 FLOPs a multiply-add.";
  return `## Cost\n\n${table(["", "unsplit", "split", "saved"], rows)}\n${rule}\n`;
}

function accuracySection({ evaluation, tree }: ExportInput): string {
  if (evaluation === null) return "## Accuracy\n\nNot evaluated before the export.\n";
  const networks: [string, EvaluationReport][] = [["unsplit", evaluation.unsplit]];
  if (evaluation.split !== null) networks.push(["split", evaluation.split]);
  const rows = networks.map(([name, report]) => [
    name,
    percent(report.top1),
    percent(report.top5),
    report.loss.toFixed(4),
    `${(1000 * report.secondsPerImage).toFixed(2)} ms`,
  ]);
  const groups = (evaluation.split ?? evaluation.unsplit).perGroup.map(({ index, count, top1 }) => [
    classGroups(tree)[index]?.label ?? String(index + 1),
    whole(count),
    percent(top1),
  ]);
  const summary = table(["network", "top-1", "top-5", "loss", "time an image"], rows);
  const heading = `## Accuracy\n\nOn the ${whole(evaluation.unsplit.count)} test images, on the machine that trained it:\n\n`;
  return `${heading}${summary}\n${table(["branch", "test images", "top-1"], groups)}`;
}

const ASSIGNMENTS_ROW = [
  "`assignments.safetensors`",
  "what the groups were learned as: `<space>.shares` [groups, channels] and the groups cut, `<space>.groups`; channels as before the split",
];

const PART_ROWS = [
  ["`onnx/trunk.onnx`", "images to one output a branch, `to_branch_1` and so on: each branch's own share of the channels"],
  [
    "`onnx/branch_*.onnx`",
    "one branch each: its share to its own logits, or to the shares of the branches below; `class_ids` in its metadata",
  ],
  ["`onnx/merge.onnx`", "the logits of all leaves to `logits` in class order"],
  [
    "`onnx/path_*.onnx`",
    "trunk and branches of one leaf in one graph: images to the logits of its classes, for a machine of its own",
  ],
  [
    "`serving/`",
    "programs that serve the parts on several machines: Node behind a NATS server, or Ray Serve; see `serving/README.md`",
  ],
  ["`triton/`", "the parts as a model repository of Triton Inference Server; the ensemble `splitnet` takes images"],
];

function filesSection(input: ExportInput): string {
  const { evaluation } = input;
  const rows = [
    ["`onnx/model.onnx`", "the split network in one graph: operator set 17, dynamic batch, logits in class order"],
    ...variantRows("model", input.measured),
    ...(input.tree.root.children.length === 0 ? [] : PART_ROWS),
    ["`tfjs/`", "the same for `tf.loadLayersModel` of TensorFlow.js: `model.json` and its weights, without custom layers"],
    ["`model.safetensors`", "its weights and batch-norm statistics, PyTorch layout; logits in `classOrder`"],
    ...(input.plan.spaces.length === 0 ? [] : [ASSIGNMENTS_ROW]),
    ["`splitnet.py`", "the network in PyTorch, whole or one branch of it; needs nothing but PyTorch"],
    [
      "`config.json`",
      "layers with block sizes and paddings, tree, class groups, channel orders, preprocessing, training configuration",
    ],
    ["`check.safetensors`", "`image`: the first test images as the network takes them; `logits`: what the studio gets for them"],
    ["`classes.csv`", "class, superclass, group"],
    ["`metrics.csv`", "every training step and validation; time in Unix milliseconds, accuracies from 0 to 1"],
    ["`runs/`", "the same for TensorBoard, one folder a stage: `tensorboard --logdir runs`"],
    ...(evaluation === null
      ? []
      : [
          [
            "`evaluation.json`",
            "accuracies, confusion matrices (row: truth, column: prediction), and the prediction of every test image with its probabilities",
          ],
        ]),
    ["`run/`", "the run with its checkpoints, to go on with: load this whole file in the studio, or `splitnet unpack` it"],
    ["`SHA256SUMS`", "check with `sha256sum -c SHA256SUMS`"],
  ];
  return `## Files\n\n${table(["file", "content"], rows)}`;
}
