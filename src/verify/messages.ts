import type { ErrorValue } from "../base/errors";
import type { Verification } from "../splitnet/verification";

/** What the verifying worker tells; it is given the bundle as a Blob. */
export type VerificationMessage =
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "verified"; readonly verification: Verification }
  | { readonly kind: "failed"; readonly error: ErrorValue };
