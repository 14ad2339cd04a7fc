import { formatBytes } from "../../base/bytes";
import { groupingSpec } from "../../model/build";
import type { Config } from "../../model/config";
import { layerCosts, totalCost } from "../../model/cost";
import { estimateMemory } from "../../model/memory";
import { inferShapes } from "../../model/shapes";
import type { ModelSpec } from "../../model/spec";
import { evenSplitSpec } from "../../splitnet/even-split";
import type { StepTime } from "../../train/step-time";
import type { Command, Invocation } from "../command";
import { CONFIGURATION_NOTES, CONFIGURATION_OPTIONS, readConfiguration } from "../configuration";
import { formatCount, formatShare, formatTable } from "../format";
import { measureSpeed, type Speed } from "../speed";
import { choice, integer } from "../values";

export const modelCommand: Command = {
  name: "model",
  synopsis: "--preset NAME | --config FILE [--published] [--classes N] [--measure [--batch N] [--steps N] [--kernels own|stock]]",
  summary: "layers, shapes, parameters, FLOPs and memory, before the split and after an even one",
  notes: [
    ...CONFIGURATION_NOTES,
    "--classes N      classes to tell apart (100)",
    "--measure        also time optimiser steps of both stages on this machine's device, on noise images",
    "--batch N        images a step for --measure (the recipe's)",
    "--steps N        steps to time for --measure, after one that is not counted (3)",
    "--kernels NAME   own, or stock: the tensor engine's kernels, as a baseline (own)",
  ],
  options: {
    ...CONFIGURATION_OPTIONS,
    classes: { type: "string" },
    measure: { type: "boolean" },
    batch: { type: "string" },
    steps: { type: "string" },
    kernels: { type: "string" },
  },
  positionals: [0, 0],
  async run({ values, progress }: Invocation) {
    const config = await readConfiguration(values);
    const classes = integer(values, "classes", 100, 1);
    const report = modelReport(config, classes);
    if (values.measure !== true) return { json: report, text: modelText(report) };
    const speed = await measureSpeed(config, classes, progress, {
      kernels: choice(values, "kernels", ["own", "stock"]) ?? "own",
      steps: integer(values, "steps", 3, 1),
      ...(values.batch !== undefined && { batchSize: integer(values, "batch", 1, 1) }),
    });
    return { json: { ...report, speed }, text: `${modelText(report)}\n\n${speedText(speed)}` };
  },
};

function speedText({ adapter, kernels, group, finetune }: Speed): string {
  const line = ({ medianSeconds, batchSize, imagesPerSecond }: StepTime): string =>
    `${medianSeconds.toPrecision(3)} s a step of ${batchSize} images, ${imagesPerSecond.toPrecision(3)} images/s`;
  return [`on ${adapter}, ${kernels} kernels:`, `grouping:     ${line(group)}`, `fine-tuning:  ${line(finetune)}`].join("\n");
}

/** The network of a configuration before the split and after an even one. */
export function modelReport(config: Config, classes: number) {
  const dense = groupingSpec(config, classes);
  const split = evenSplitSpec(config, classes);
  const report = (spec: ModelSpec, { batchSize }: Config["finetune"]) => networkReport(spec, batchSize, config.precision);
  const [before, after] = [report(dense, config.group), report(split, config.finetune)];
  return {
    name: dense.name,
    classes,
    ...before,
    split: {
      grouping: config.grouping,
      ...after,
      savings: {
        parameters: 1 - after.parameters / before.parameters,
        flops: 1 - after.flops / before.flops,
      },
    },
    config,
  };
}

/** Shapes are [height, width, channels] for one image; costs follow the published counting rule. */
function networkReport(spec: ModelSpec, batchSize: number, precision: Config["precision"]) {
  const costs = new Map(layerCosts(spec).map((cost) => [cost.layer, cost]));
  const shapes = inferShapes(spec);
  const layers = spec.layers.map(({ name, kind }) => {
    const shape = shapes.get(name)!;
    const cost = costs.get(name);
    return {
      name,
      kind,
      shape: [shape.height, shape.width, shape.channels],
      parameters: cost?.parameters ?? 0,
      flops: cost?.flops ?? 0,
      groups: cost?.groups ?? 1,
      counted: cost?.counted ?? false,
    };
  });
  return { ...totalCost(spec), memory: { batchSize, ...estimateMemory(spec, batchSize, precision) }, layers };
}

type ModelReport = ReturnType<typeof modelReport>;

function modelText(report: ModelReport): string {
  const rows = report.layers.flatMap((layer, index) => {
    const after = report.split.layers[index];
    if (layer.flops === 0 || after === undefined) return [];
    const counts = [layer.parameters, layer.flops, after.parameters, after.flops].map(formatCount);
    return [[layer.name + (layer.counted ? "" : " (not counted)"), layer.shape.join(" x "), ...counts, String(after.groups)]];
  });
  const memory = (name: string, { memory: { batchSize, parameterBytes, activationBytes } }: Pick<ModelReport, "memory">) =>
    `memory ${name}: ${formatBytes(parameterBytes)} for parameters, ${formatBytes(activationBytes)} for activations of ${batchSize} images`;
  return [
    report.name,
    `dense:        ${formatCount(report.parameters)} parameters, ${formatCount(report.flops)} FLOPs an image`,
    `even ${report.split.grouping}:   ${formatCount(report.split.parameters)} parameters (${formatShare(report.split.savings.parameters)} less), ` +
      `${formatCount(report.split.flops)} FLOPs (${formatShare(report.split.savings.flops)} less)`,
    memory("dense", report),
    memory("split", report.split),
    "",
    formatTable([["layer", "output", "parameters", "FLOPs", "after split", "FLOPs", "groups"], ...rows]),
  ].join("\n");
}
