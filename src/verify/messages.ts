import type { ErrorValue } from "../base/errors";
import type { Verification } from "../splitnet/verification";

/** What the verifying worker is asked: a bundle, or files that it asks back for, each when it is needed. */
export type VerificationRequest =
  | { readonly kind: "bundle"; readonly file: Blob }
  | { readonly kind: "files"; readonly names: readonly string[] }
  /** The answer to `needs`. */
  | { readonly kind: "made"; readonly name: string; readonly bytes: Uint8Array };

export type VerificationMessage =
  | { readonly kind: "needs"; readonly name: string }
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "verified"; readonly verification: Verification }
  | { readonly kind: "failed"; readonly error: ErrorValue };
