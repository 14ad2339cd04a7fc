import type { BufferView } from "./device-memory";
import { type PenaltyNetwork, type PenaltyPlan, planPenalties } from "./penalties-plan";
import { assignmentWork, logitsWork, normTables, type PenaltyWeights, POSITIONS, tileWork, type Work } from "./penalties-tables";
import assignments from "./penalty-assignments.wgsl?raw";
import weightGradients from "./penalty-gradients.wgsl?raw";
import logitsGradients from "./penalty-logits.wgsl?raw";
import masses from "./penalty-masses.wgsl?raw";
import norms from "./penalty-norms.wgsl?raw";
import terms from "./penalty-terms.wgsl?raw";
import tile from "./penalty-tile.wgsl?raw";
import type { Constants } from "./pipelines";
import type { Operand, Recorder, Temporary } from "./recorder";
import sumWorkgroup from "./sum-workgroup.wgsl?raw";
import { bindingBytes, floatText, stretchOf, uploadTable, windowsOf } from "./work-table";

export interface PenaltyOptions extends PenaltyNetwork {
  readonly weights: PenaltyWeights;
  /** Weights every layer's split penalty by its own value, held constant. */
  readonly weightedSplit: boolean;
  /** Added under the square roots of the weight-split penalty. */
  readonly epsilon: number;
  readonly parameters: BufferView;
  /** Laid out as the parameters. Those of weights are added to, those of logits are written. */
  readonly gradients: BufferView;
  /** Multiplies gradients, not terms: the loss scale. */
  readonly gradientScale: number;
  /** Float32 [4]: weighted overlap, weighted weightSplit, weighted uniform, 0. */
  readonly terms: Operand;
}

const LANES_256: Constants = { LANES: "256u", SPAN: "16u" };
const LANES_64: Constants = { LANES: "64u", SPAN: "8u" };

/**
 * The three penalties of SplitNet and their gradients (Kim et al. 2017, equations 3 to 6, normalised as the published code does;
 * float64 oracle: reference/network-penalties.ts). Six dispatches, more where the parameters exceed `maxBytes` of a binding.
 */
export function recordPenalties(recorder: Recorder, options: PenaltyOptions, maxBytes = bindingBytes(recorder)): void {
  const plan = planPenalties(options);
  const temporary = (label: string, floats: number): Temporary => recorder.temporary(`penalties: ${label}`, 4 * floats);
  const norm = normTables(plan);
  const values: Values = {
    shares: temporary("shares", plan.floats.shares),
    squares: temporary("squares", plan.floats.shares),
    spread: temporary("spread", plan.floats.spread),
    meanSquares: temporary("mean squares", plan.floats.means),
    masses: temporary("masses", plan.floats.sums),
    slopes: temporary("slopes", plan.floats.slopes),
    direct: temporary("direct", plan.floats.slopes),
    chunks: temporary("chunks", norm.chunks.length),
    layerShares: temporary("layer shares", plan.layers.length),
    sums: temporary("sums", plan.floats.sums),
  };
  const recording = { recorder, options, plan, values, maxBytes };
  recordAssignments(recording);
  recordMasses(recording);
  recordNorms(recording, norm);
  recordWeightGradients(recording);
  recordLogitsGradients(recording);
}

interface Values {
  /** p and p^2 of every assignment. */
  readonly shares: Temporary;
  readonly squares: Temporary;
  /** Weighted T and U of every space, sizes of groups. */
  readonly spread: Temporary;
  readonly meanSquares: Temporary;
  readonly masses: Temporary;
  readonly slopes: Temporary;
  readonly direct: Temporary;
  readonly chunks: Temporary;
  readonly layerShares: Temporary;
  readonly sums: Temporary;
}

interface Recording {
  readonly recorder: Recorder;
  readonly options: PenaltyOptions;
  readonly plan: PenaltyPlan;
  readonly values: Values;
  readonly maxBytes: number;
}

interface Step {
  readonly label: string;
  readonly source: string;
  readonly constants?: Constants;
  readonly operands: readonly Operand[];
  readonly workgroups: number;
}

/** No kernel here touches stored activations: both precisions share pipelines. */
function dispatch(recorder: Recorder, { label, source, constants = {}, operands, workgroups }: Step): void {
  recorder.dispatch({ label, kernel: { source, constants }, precision: "f32", operands, workgroups: [workgroups, 1, 1] });
}

/** One dispatch for every stretch of the parameters that a binding can show. */
function inWindows(
  { recorder, maxBytes }: Recording,
  label: string,
  work: readonly Work[],
  record: (table: BufferView, view: (operand: Operand) => Operand, step: { label: string; workgroups: number }) => void,
): void {
  for (const window of windowsOf(work, ({ stretch }) => [stretch], maxBytes)) {
    const stretch = window.stretches[0]!;
    const records = window.work.map((piece) => piece.record(stretch.start));
    const step = { label: `${label} ${records.length}`, workgroups: records.length };
    record(uploadTable(recorder, label, records), (operand) => stretchOf(operand, stretch), step);
  }
}

function recordAssignments(recording: Recording): void {
  const { recorder, options, plan, values } = recording;
  const { work, merges } = assignmentWork(options, plan, options.weights);
  const supergroups = uploadTable(recorder, "supergroups", [merges]);
  inWindows(recording, "penalty-assignments", work, (table, view, step) => {
    const operands = [view(options.parameters), table, supergroups, values.shares, values.squares, values.spread];
    dispatch(recorder, { ...step, source: sumWorkgroup + assignments, constants: LANES_256, operands });
  });
}

function recordMasses(recording: Recording): void {
  const { recorder, options, plan, values } = recording;
  inWindows(recording, "penalty-masses", tileWork(plan), (table, view, step) => {
    const operands = [view(options.parameters), table, values.squares, values.meanSquares, values.masses];
    dispatch(recorder, { ...step, source: tile + masses, operands });
  });
}

function recordNorms({ recorder, options, plan, values }: Recording, { chunks, layers }: ReturnType<typeof normTables>): void {
  const { masses: sums, shares, slopes, direct, chunks: parts, spread, layerShares } = values;
  dispatch(recorder, {
    label: `penalty-norms ${chunks.length}`,
    source: sumWorkgroup + norms,
    constants: { ...LANES_64, EPSILON: floatText(options.epsilon) },
    operands: [uploadTable(recorder, "penalty-norms", chunks), sums, shares, slopes, direct, parts],
    workgroups: chunks.length,
  });
  dispatch(recorder, {
    label: `penalty-terms ${layers.length}`,
    source: terms,
    constants: {
      LANES: "64u",
      LAYERS: `${plan.layers.length}u`,
      SPACES: `${options.spaces.length}u`,
      WEIGHT_SPLIT: floatText(options.weights.weightSplit),
      WEIGHTED: options.weightedSplit,
      GRADIENT_SCALE: floatText(options.gradientScale),
    },
    operands: [uploadTable(recorder, "penalty-terms", layers), parts, spread, layerShares, options.terms],
    workgroups: 1,
  });
}

function recordWeightGradients(recording: Recording): void {
  const { recorder, options, plan, values } = recording;
  inWindows(recording, "penalty-gradients", tileWork(plan), (table, view, step) => {
    const read = [table, values.squares, values.slopes, values.layerShares, values.meanSquares];
    const operands = [view(options.parameters), ...read, values.sums, view(options.gradients)];
    dispatch(recorder, { ...step, source: tile + weightGradients, operands });
  });
}

function recordLogitsGradients(recording: Recording): void {
  const { recorder, options, plan, values } = recording;
  const { work, uses } = logitsWork(options, plan, options.weights, options.gradientScale);
  const rows = uploadTable(recorder, "penalty-logits uses", uses);
  inWindows(recording, "penalty-logits", work, (table, view, step) => {
    const { shares, spread, direct, sums, layerShares } = values;
    const operands = [table, rows, shares, spread, direct, sums, layerShares, view(options.gradients)];
    dispatch(recorder, { ...step, source: logitsGradients, constants: { LANES: `${POSITIONS}u` }, operands });
  });
}
