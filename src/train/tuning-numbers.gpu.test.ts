import { afterAll, beforeAll, expect, test } from "vitest";
import { normals, randomStream } from "../base/random";
import type { NamedTensors } from "../base/tensor";
import { type OpenDevice, openDevice } from "../kernels/device";
import { DeviceMemory } from "../kernels/device-memory";
import { CONV_PASS_KINDS, type ConvKernel, type ConvTuning, shapeKey, UNTUNED } from "../kernels/tuning-choice";
import { parseGrouping } from "../model/grouping";
import { initialParameters, initialStatistics } from "../model/initial";
import { groupedSpaces } from "../model/lookup";
import { wideResnet } from "../model/wide-resnet";
import { planSplit } from "../splitnet/plan";
import { logitColumns } from "./channel-layout";
import { paddedImages } from "./host-forward";
import { startingFrom } from "./state";
import { TrainingStep } from "./training-step";
import { networkGeometries } from "./tuning-geometries";

let device: OpenDevice;
beforeAll(async () => {
  device = await openDevice(navigator.gpu);
});
afterAll(() => device.close());

const BATCH = 3;
const dense = wideResnet({
  residualUnits: 1,
  widen: 1,
  classes: 7,
  grouping: parseGrouping("2-2-2"),
  blockOrder: "pre-activation",
  dropout: false,
});
const partitions = groupedSpaces(dense).map(
  ({ name, size, groups }) => [name, { groups, groupOf: Array.from({ length: size }, (_, i) => (i < 5 ? 0 : 1)) }] as const,
);
const { spec } = planSplit(dense, new Map(partitions));
const images = normals(randomStream(5, "sample"), BATCH * 32 * 32 * 3, 1, 99);

/** Parameters after two steps of an uneven split. */
async function train(tuning: ConvTuning): Promise<{ readonly parameters: NamedTensors; readonly dispatches: number }> {
  const memory = new DeviceMemory(device.device);
  const columns = logitColumns(spec);
  const labels = memory.upload("labels", Uint32Array.of(columns[1]!, columns[4]!, columns[6]!));
  const batch = { images: memory.upload("images", paddedImages(images)), labels };
  const options = {
    ...{ weightDecay: 3e-4, momentum: 0.9, trainBatchNormScale: true, penaltyWeights: null, weightedSplit: true },
    ...{ assignmentRateFactor: 1, groupLassoEpsilon: 1e-12, batch: BATCH, dropoutKeep: 1 },
    precision: "f32",
    tuning,
    source: () => batch,
  } as const;
  const start = startingFrom(initialParameters(spec, 1), initialStatistics(spec));
  const step = await TrainingStep.prepare(memory, spec, options, start);
  for (let i = 0; i < 2; i++) step.run({ step: i, learningRate: 0.1, orderStart: 0, dropoutSeed: 0, augmentSeed: 0 });
  const { parameters } = await step.readState(2);
  memory.dispose();
  return { parameters, dispatches: step.dispatches };
}

/** One kernel for everything it can do. */
function everywhere(kernel: ConvKernel): ConvTuning {
  const tuned = { kernel, multiplyAddsPerMs: 1, medianMs: {}, multiplyAdds: 1 };
  const keys = networkGeometries(spec, BATCH).flatMap((geometry) => CONV_PASS_KINDS.map((pass) => shapeKey(pass, geometry)));
  return { adapter: "hardware", shapes: Object.fromEntries(keys.map((key) => [key, tuned])) };
}

// Among GPUs: software adapters sum wide layers in another way, by Winograd's algorithm, whatever is tuned.
test("no tuning of a GPU changes a number of a run", async () => {
  const { parameters, dispatches } = await train(everywhere("direct"));
  const tunings = [UNTUNED.hardware, everywhere("tiled-64"), everywhere("tiled-32")];
  for (const tuning of tunings) {
    const other = await train(tuning);
    expect(other.dispatches).toBe(dispatches);
    for (const [name, { data }] of parameters) {
      expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(other.parameters.get(name)!.data.buffer)), name).toBe(0);
    }
  }
});
