import { RequestError } from "../base/errors";
import { hashName, randomStream } from "../base/random";
import { cifarSemanticGroups, type Semantics } from "./cifar-semantics";
import { shuffledGroups } from "./fixed-groups";

/** Groups of classes that are drawn: as large as `sizes` says, with members from the seed (stream `groups`). */
export function randomGroups(sizes: readonly number[], seed: number): number[] {
  return shuffledGroups(sizes, randomStream(seed, "groups"), hashName("classes"));
}

/**
 * Groups of classes that are unions of superclasses: for CIFAR-100 the authors' tree of living and other things as far as it goes, else
 * superclasses merged to groups as even as they come. Throws RequestError where there are fewer superclasses than groups.
 */
export function semanticGroups(semantics: Semantics, groups: number): number[] {
  const used = new Set(semantics.superclassOf).size;
  if (used < groups) {
    throw new RequestError(
      `${used} superclasses cannot make ${groups} groups`,
      "Use fewer groups, or a data set of more superclasses.",
    );
  }
  return cifarSemanticGroups(semantics, groups) ?? evenlyMerged(semantics.superclassOf, groups);
}

/** Superclasses from the largest to the smallest, each to the group with fewest classes so far (Graham 1969); ties to the lower index. */
function evenlyMerged(superclassOf: readonly number[], groups: number): number[] {
  const sizeOf = new Map<number, number>();
  for (const superclass of superclassOf) sizeOf.set(superclass, (sizeOf.get(superclass) ?? 0) + 1);
  const sizes = new Array<number>(groups).fill(0);
  const groupOf = new Map<number, number>();
  const largestFirst = [...sizeOf].sort(([a, sizeA], [b, sizeB]) => sizeB - sizeA || a - b);
  for (const [superclass, size] of largestFirst) {
    const group = sizes.indexOf(Math.min(...sizes));
    sizes[group]! += size;
    groupOf.set(superclass, group);
  }
  return superclassOf.map((superclass) => groupOf.get(superclass)!);
}
