import type { BufferView } from "./device-memory";
import biasSource from "./loss-bias.wgsl?raw";
import rowsSource from "./loss-rows.wgsl?raw";
import sumsSource from "./loss-sums.wgsl?raw";
import type { Operand, Recorder, Temporary } from "./recorder";

interface Logits {
  /** Shape, or what else tells this head from others. */
  readonly label: string;
  readonly batch: number;
  /** Columns with those of padding, a multiple of 4. */
  readonly classes: number;
  /** Float32 [batch, classes], without bias. */
  readonly logits: Operand;
  /** Float32 [classes]. */
  readonly bias: BufferView;
}

export interface Loss extends Logits {
  /** u32 [classes]: 1 for a class, 0 for padding. */
  readonly columns: BufferView;
  /** u32 [batch]: column of each example's class. */
  readonly labels: Operand;
  /** Both gradients are this many times those of the mean cross-entropy. */
  readonly gradientScale: number;
  /** Float32 [batch, classes]: (softmax - one-hot) / batch * gradientScale, 0 in padding columns. */
  readonly logitsGradient: Operand;
  /** Float32 [classes]: the logits' gradient, summed over the batch. */
  readonly biasGradient: BufferView;
  /** Float32 [4]: mean cross-entropy in nats, share classified right (of equal logits the lowest column counts), 0, 0. */
  readonly terms: Operand;
}

export interface BiasedLogits extends Logits {
  /** Float32 [batch, classes]. */
  readonly output: Operand;
}

const THREADS = 64;
/** Threads that share a row of logits. */
const LANES = 8;
/** The sums' workgroups have the square of this many threads. */
const FAN_IN = 8;

/** Mean cross-entropy of softmax(logits + bias) and its gradients, and the share classified right. Two dispatches: rows, sums. */
export function recordLoss(recorder: Recorder, options: Loss): void {
  const rowTerms = recorder.temporary(`loss rows ${options.label}`, options.batch * 16);
  recordRows(recorder, options, rowTerms);
  recordSums(recorder, options, rowTerms);
}

/** output = logits + bias: what an evaluation reads. One dispatch. */
export function recordAddBias(recorder: Recorder, options: BiasedLogits): void {
  const { label, logits, bias, output } = options;
  const count = (options.batch * options.classes) / 4;
  recorder.dispatch({
    label: `loss-bias ${label}`,
    kernel: { source: biasSource, constants: { COUNT: `${count}u`, ...extents(options) } },
    operands: [logits, bias, output],
    workgroups: [Math.ceil(count / THREADS), 1, 1],
  });
}

function recordRows(recorder: Recorder, options: Loss, rowTerms: Temporary): void {
  const { label, batch, columns, logits, bias, labels, gradientScale, logitsGradient } = options;
  const rows = THREADS / LANES;
  recorder.dispatch({
    label: `loss-rows ${label}`,
    kernel: {
      source: rowsSource,
      constants: { ...extents(options), LANES: `${LANES}u`, ROWS: `${rows}u`, SCALE: `${gradientScale / batch}f` },
    },
    operands: [columns, logits, bias, labels, logitsGradient, rowTerms],
    workgroups: [Math.ceil(batch / rows), 1, 1],
  });
}

function recordSums(recorder: Recorder, options: Loss, rowTerms: Temporary): void {
  const { label, classes, logitsGradient, biasGradient, terms } = options;
  recorder.dispatch({
    label: `loss-sums ${label}`,
    kernel: { source: sumsSource, constants: { ...extents(options), FAN_IN: `${FAN_IN}u` } },
    operands: [logitsGradient, rowTerms, biasGradient, terms],
    workgroups: [classes / 4 + 1, 1, 1],
  });
}

function extents({ batch, classes }: Logits): { readonly BATCH: string; readonly GROUPS: string } {
  return { BATCH: `${batch}u`, GROUPS: `${classes / 4}u` };
}
