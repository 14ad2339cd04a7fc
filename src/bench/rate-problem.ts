/** What the device itself can do: a square matrix product, a copy from one buffer to another. */
export interface RateProblem {
  readonly kind: "matmul" | "copy";
  /** Rows and columns of the matrices, or bytes of the buffer. */
  readonly size: number;
  /** Operations one run asks for before it waits. */
  readonly repeats: number;
}

/** Large enough to fill the device, small enough for a processor that plays one. */
export function rateProblems(software: boolean, repeats: number): readonly RateProblem[] {
  return [
    { kind: "matmul", size: software ? 512 : 2048, repeats },
    { kind: "copy", size: (software ? 32 : 128) * 2 ** 20, repeats },
  ];
}

export function rateCost({ kind, size }: RateProblem): { readonly flops: number | null; readonly bytes: number } {
  return kind === "matmul" ? { flops: 2 * size ** 3, bytes: 3 * 4 * size ** 2 } : { flops: null, bytes: 2 * size };
}
