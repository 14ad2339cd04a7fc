import { RequestError } from "../base/errors";
import { type Histogram, histogramOf } from "../base/histogram";
import { type Matrix, matrix } from "../base/matrix";
import { type HostTensor, type NamedTensors, tensorNamed } from "../base/tensor";
import { normReadBy, weightedLayers } from "../model/lookup";
import { layerParameters, logitsName, type ParameterSpec } from "../model/parameters";
import type { RunRecord, TrainingStage } from "../model/run";
import type { ModelSpec, WeightedLayer } from "../model/spec";
import { layerGroups } from "../splitnet/block-mass";
import { likeliestGroups } from "../splitnet/discretize";
import { type PictureAxis, pictureAxis, tapNorms, type WeightPicture, weightPicture } from "../splitnet/weight-picture";
import type { TrainState } from "../train/state";
import { finetuneTraining, groupTraining, storedCut } from "./networks";
import { type CheckpointFiles, lastCheckpoint } from "./stored-checkpoint";

/** Pixels of a picture along either axis, at most. */
const MOST_PIXELS = 256;
const BINS = 64;

/** What one layer's numbers look like at a stage's last checkpoint. */
export interface LayerInspection {
  readonly step: number;
  readonly picture: WeightPicture;
  readonly histograms: readonly LayerHistogram[];
}

/** Momentum is the smoothed gradient. Scales are those of the batch norm that the layer reads; a layer that reads none has none. */
export interface LayerHistogram {
  readonly of: "weights" | "momentum" | "scales";
  readonly histogram: Histogram;
}

/** Reads a layer from a stage's last checkpoint; throws RequestError where there is no such checkpoint or layer. */
export async function inspectLayer(
  files: CheckpointFiles,
  run: RunRecord,
  stage: TrainingStage,
  name: string,
): Promise<LayerInspection> {
  const dense = groupTraining(run);
  const grouped = (await lastCheckpoint(files, run, dense)) ?? missing(run, "group");
  const layer = weightedLayers(dense.spec).find((candidate) => candidate.name === name);
  if (layer === undefined) throw new RequestError(`the network has no layer ${name}`, "Choose one of the layers offered.");
  if (stage === "group") return inspection(dense.spec, grouped, layer, learnedAxis(dense.spec, layer, grouped.parameters));
  if (run.phase !== "finetuning" && run.phase !== "finetuned") return missing(run, stage);
  const cut = await storedCut(files, run, grouped);
  const training = finetuneTraining(cut);
  const state = (await lastCheckpoint(files, run, training)) ?? missing(run, stage);
  return inspection(training.spec, state, layer, (space) => {
    const partition = cut.partitions.get(space);
    if (partition === undefined || layer.groups === 1) return undivided(dense.spec, space);
    return pictureAxis({ groups: layer.groups, groupOf: layerGroups(dense.spec, space, layer.groups, partition.groupOf) });
  });
}

function missing({ id }: RunRecord, stage: TrainingStage): never {
  const which = stage === "group" ? "stage 1" : "stage 2";
  throw new RequestError(`run ${id} has no checkpoint of ${which}`, "Wait for the first one, or press Save checkpoint.");
}

type AxisOf = (space: string) => PictureAxis;

/** The likeliest groups so far. */
function learnedAxis(spec: ModelSpec, layer: WeightedLayer, parameters: NamedTensors): AxisOf {
  return (space) => {
    if (layer.groups === 1) return undivided(spec, space);
    const { shape, data } = tensorNamed(parameters, logitsName(space));
    const finest = likeliestGroups(data, shape[0]!, shape[1]!);
    return pictureAxis({ groups: layer.groups, groupOf: layerGroups(spec, space, layer.groups, finest) });
  };
}

function undivided({ spaces }: ModelSpec, name: string): PictureAxis {
  const size = spaces.find((space) => space.name === name)?.size ?? 0;
  return pictureAxis({ groups: 1, groupOf: new Array<number>(size).fill(0) });
}

function inspection(spec: ModelSpec, state: TrainState, layer: WeightedLayer, axisOf: AxisOf): LayerInspection {
  const own = layerParameters(spec).filter(
    (parameter) => parameter.layer === layer.name && (parameter.role === "kernel" || parameter.role === "weights"),
  );
  const [inputs, outputs] = [axisOf(layer.inputSpace), axisOf(layer.outputSpace)];
  const norms = layerNorms(own, state.parameters, inputs, outputs);
  const norm = normReadBy(spec, layer.name);
  const values = (tensors: NamedTensors): Float32Array[] => own.map(({ name }) => tensorNamed(tensors, name).data);
  const scales = norm === null ? [] : [tensorNamed(state.parameters, `${norm.name}/gamma`).data];
  return {
    step: state.step,
    picture: weightPicture(norms, inputs, outputs, MOST_PIXELS),
    histograms: [
      ...histogram("weights", values(state.parameters)),
      ...histogram("momentum", values(state.momentum)),
      ...histogram("scales", scales),
    ],
  };
}

function histogram(of: LayerHistogram["of"], values: readonly Float32Array[]): LayerHistogram[] {
  const found = histogramOf(values, BINS);
  return found === null ? [] : [{ of, histogram: found }];
}

/** Norms [inputs, outputs] in the order of the members; those between blocks, which a split layer does not have, are 0. */
function layerNorms(own: readonly ParameterSpec[], tensors: NamedTensors, inputs: PictureAxis, outputs: PictureAxis): Matrix {
  const whole = matrix(inputs.order.length, outputs.order.length);
  let [row, column] = [0, 0];
  for (const { name, block } of own) {
    const tensor: HostTensor = tensorNamed(tensors, name);
    const norms = tapNorms(tensor);
    if (block === null) return norms;
    for (let i = 0; i < norms.rows; i++) {
      const start = inputs.order[row + i]! * whole.columns;
      for (let j = 0; j < norms.columns; j++) {
        whole.data[start + outputs.order[column + j]!] = norms.data[i * norms.columns + j]!;
      }
    }
    row += norms.rows;
    column += norms.columns;
  }
  return whole;
}
