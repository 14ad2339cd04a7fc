/** One way from images to logits through an exported bundle, run in another program. */
export interface VerifiedGraph {
  readonly what: "whole" | "parts" | "path" | "classes" | "variant" | "tensorflowjs";
  /** Of its file, or of the last of its files. */
  readonly name: string;
  /** Largest difference to the studio's logits, as a share of the largest of them. */
  readonly difference: number;
  /** Images that were run, and those of them of the same most probable class. */
  readonly images: number;
  readonly sameClass: number;
}

/** What became of an exported bundle in another program. */
export interface Verification {
  /** Files whose checksum is right: all of them; null where the graphs were run before they were packed. */
  readonly checksums: number | null;
  /** Versions of the programs that ran it. */
  readonly programs: { readonly onnxRuntime: string; readonly tensorflowjs: string };
  readonly verified: readonly VerifiedGraph[];
  /** Largest difference that float32 sums in another order explain. */
  readonly tolerance: number;
  /** Whether no way differs. */
  readonly within: boolean;
}

/** Whether a way gives something else than the studio; a variant, whose weights are rounded, need only give numbers. */
export function differs({ what, difference, images, sameClass }: VerifiedGraph, tolerance: number): boolean {
  return what === "variant" ? !Number.isFinite(difference) : !(difference <= tolerance && sameClass === images);
}

/** Says which ways differ and how far, null where none does. */
export function differencesOf({ verified, tolerance }: Pick<Verification, "verified" | "tolerance">): string | null {
  const wrong = verified.filter((graph) => differs(graph, tolerance));
  if (wrong.length === 0) return null;
  const list = wrong.map(
    ({ name, difference, sameClass, images }) =>
      `${name} is ${difference.toExponential(1)} of the largest logit away, with the same class for ${sameClass} of ${images} images`,
  );
  return `other programs do not give the studio's logits: ${list.join("; ")}`;
}
