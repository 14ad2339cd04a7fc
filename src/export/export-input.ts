import type { HostTensor, NamedTensors } from "../base/tensor";
import type { CurveColumns } from "../model/curve-columns";
import type { RunRecord } from "../model/run";
import type { EvaluationPair } from "../splitnet/evaluation";
import type { SplitPlan } from "../splitnet/split-plan";
import type { SplitTree, TreeNode } from "../splitnet/tree";
import type { Verification } from "../splitnet/verification";
import type { MeasuredWeights } from "./measured";
import type { OptionalFile } from "./zip";

/** Everything an export is made of. */
export interface ExportInput {
  /** Version of the studio. */
  readonly version: string;
  readonly run: RunRecord;
  readonly dataset: ExportDataset;
  readonly plan: SplitPlan;
  readonly tree: SplitTree;
  /** Tensors of the split network, by our names. */
  readonly tensors: { readonly parameters: NamedTensors; readonly statistics: NamedTensors };
  /** Logits that stage 1 learned for every grouped space, [groups, size], by our names. */
  readonly assignments: NamedTensors;
  /** Null where the network was not evaluated. */
  readonly evaluation: EvaluationPair | null;
  readonly curves: CurveColumns;
  readonly check: ExportCheck;
  /** Accuracy of the variants of the weights, which are exported as well; null or absent for none. */
  readonly measured?: MeasuredWeights | null;
  /** What the files gave in other programs; null or absent where they were not run. */
  readonly parity?: Verification | null;
  /** GPUs of the machine that is to serve it with Triton; absent for one a leaf of the tree. */
  readonly gpus?: number;
  /** The run itself with its checkpoints, to go on with. */
  readonly runFiles: readonly OptionalFile[];
}

/** Test images and what this studio's own engine gets for them, so that whoever loads the model can compare. */
export interface ExportCheck {
  /** The first test images as the network takes them: whitened, [count, 3, 32, 32]. */
  readonly images: HostTensor;
  /** [count, classes], in class order. */
  readonly logits: HostTensor;
}

/** Where the images came from. */
export interface ExportDataset {
  /** File name or "sample data". */
  readonly source: string;
  /** Which published archive it is by its checksum, null for any other. */
  readonly original: string | null;
  readonly trainCount: number;
  readonly testCount: number;
}

/** Leaves of the tree from left to right: groups of classes in the order of their indices; one where classes are not grouped. */
export function classGroups(tree: SplitTree): readonly TreeNode[] {
  const leaves = (node: TreeNode): TreeNode[] => (node.children.length === 0 ? [node] : node.children.flatMap(leaves));
  return leaves(tree.root);
}
