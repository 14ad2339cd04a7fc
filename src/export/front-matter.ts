import type { RankedAccuracy } from "../splitnet/ranking";
import type { ExportDataset, ExportInput } from "./export-input";
import { type YamlValue, yamlBlock } from "./yaml";

/**
 * What model hubs read at the top of a card. There is no licence in it: the weights are those of who trained them. The data set is named only where its
 * checksum is that of the published archive, accuracies only where they were measured.
 */
export function frontMatter(input: ExportInput, classes: readonly number[] | null = null): string {
  const { dataset } = input;
  const results = resultsOf(input, classes);
  const fields: { readonly [key: string]: YamlValue } = {
    library_name: "splitnet-studio",
    pipeline_tag: "image-classification",
    tags: ["splitnet", "image-classification", "onnx", "safetensors", "tfjs", "model-parallel", "wide-resnet"],
    ...(dataset.original === null ? {} : { datasets: [CIFAR.type] }),
    ...(results === null ? {} : { metrics: ["accuracy"], "model-index": modelIndex(input, results, classes) }),
  };
  return `---\n${yamlBlock(fields)}---\n`;
}

const CIFAR = { type: "cifar100", name: "CIFAR-100" };

/** Of the network that is exported: the split one, on all test images or on those of the classes exported. */
function resultsOf({ evaluation, measured }: ExportInput, classes: readonly number[] | null): RankedAccuracy | null {
  return classes === null ? (evaluation?.split ?? null) : (measured?.original ?? null);
}

function modelIndex(
  { plan, dataset, run }: ExportInput,
  { top1, top5 }: RankedAccuracy,
  classes: readonly number[] | null,
): YamlValue {
  const of = classes === null ? "" : `, among ${classes.length} classes`;
  const count = (classes ?? run.classes).length;
  return [
    {
      name: plan.spec.name,
      results: [
        {
          task: { type: "image-classification", name: "Image Classification" },
          dataset: { ...datasetEntry(dataset), split: "test" },
          metrics: [
            { type: "accuracy", name: `top-1 accuracy${of}`, value: top1 },
            // Among five classes or fewer the right one is always there.
            ...(count > 5 ? [{ type: "accuracy", name: `top-5 accuracy${of}`, value: top5 }] : []),
          ],
        },
      ],
    },
  ];
}

function datasetEntry({ source, original }: ExportDataset): { readonly type: string; readonly name: string } {
  if (original !== null) return CIFAR;
  return source === "sample data"
    ? { type: "splitnet-sample-data", name: "procedurally drawn sample data" }
    : { type: "unverified", name: `${source} (checksum not that of a published archive)` };
}
