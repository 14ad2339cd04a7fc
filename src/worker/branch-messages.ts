import type { ErrorValue } from "../base/errors";
import type { HostedPart } from "../engine/branch-timing";

/** What a branch's worker is asked; every request has one answer, in order. */
export type BranchRequest =
  | { readonly kind: "prepare"; readonly part: HostedPart; readonly batch: number }
  | { readonly kind: "run"; readonly values: Float32Array<ArrayBuffer> };

/** A failure ends the branch: nothing that is asked after it is answered. */
export type BranchAnswer =
  | { readonly kind: "prepared" }
  | { readonly kind: "ran"; readonly values: Float32Array }
  | { readonly kind: "failed"; readonly error: ErrorValue };
