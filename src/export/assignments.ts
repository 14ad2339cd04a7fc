import { matrix } from "../base/matrix";
import { tensorNamed } from "../base/tensor";
import { logitsName } from "../model/parameters";
import { softmaxGroups } from "../splitnet/penalties";
import type { ExportInput } from "./export-input";
import type { StoredTensor } from "./safetensors";

/**
 * What stage 1 learned and what was cut of it, for each grouped space, its members in the order of the unsplit network: `<space>.shares`
 * [groups, size] float32, softmax over groups of the learned logits (P and Q of the paper); `<space>.groups` [size] int32, from 0.
 * Throws ShapeError where the logits are not those of the plan.
 */
export function assignmentTensors({ plan, assignments }: Pick<ExportInput, "plan" | "assignments">): Map<string, StoredTensor> {
  return new Map(
    plan.spaces.flatMap(({ space, partition: { groups, groupOf } }): [string, StoredTensor][] => {
      const size = groupOf.length;
      const logits = tensorNamed(assignments, logitsName(space)).data;
      const shares = Float32Array.from(softmaxGroups(matrix(groups, size, logits)).data);
      const name = space.replaceAll("/", ".");
      return [
        [`${name}.shares`, { shape: [groups, size], data: shares }],
        [`${name}.groups`, { shape: [size], data: Int32Array.from(groupOf) }],
      ];
    }),
  );
}
