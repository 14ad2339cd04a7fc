import type { ChannelRun, NetworkPart } from "./parts";

/** The share of a parent's output [.., channels] that a part takes, as [.., run.count]. */
export function shareOf(values: Float32Array, channels: number, { start, count }: ChannelRun): Float32Array<ArrayBuffer> {
  const share = new Float32Array((values.length / channels) * count);
  for (let from = start, to = 0; to < share.length; from += channels, to += count) {
    share.set(values.subarray(from, from + count), to);
  }
  return share;
}

/** Channels of what a part hands over: those that its children share. */
export function handedChannels({ children }: NetworkPart): number {
  return Math.max(0, ...children.map(({ takes }) => (takes === null ? 0 : takes.start + takes.count)));
}

/** Logits of a leaf and the class of each. */
export interface LeafLogits {
  /** [batch, classes.length] */
  readonly logits: Float32Array;
  readonly classes: readonly number[];
}

/** Logits [batch, classes] in the order of the classes, from those of all leaves. */
export function mergedLogits(leaves: readonly LeafLogits[]): Float32Array {
  const count = leaves.reduce((sum, { classes }) => sum + classes.length, 0);
  const [first] = leaves;
  const batch = first === undefined ? 0 : first.logits.length / first.classes.length;
  const merged = new Float32Array(batch * count);
  for (const { logits, classes } of leaves) {
    classes.forEach((label, column) => {
      for (let row = 0; row < batch; row++) merged[row * count + label] = logits[row * classes.length + column]!;
    });
  }
  return merged;
}
