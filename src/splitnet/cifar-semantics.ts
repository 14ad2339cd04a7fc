/** What is known of the meaning of classes. */
export interface Semantics {
  /** Names of the superclasses. */
  readonly superclasses: readonly string[];
  /** Superclass of every class. */
  readonly superclassOf: readonly number[];
}

/**
 * The authors' semantic tree of CIFAR-100 by superclass (an earlier repository of theirs, scripts/manual_split.py; figure 1 of the paper has the
 * names): living things are mammals, other animals and plants, 30, 20 and 15 classes; the others are interior and outdoor things, 15 and 20.
 */
const LEAVES: readonly (readonly string[])[] = [
  ["people", "large carnivores", "large omnivores and herbivores", "medium mammals", "small mammals", "aquatic mammals"],
  ["reptiles", "non insect invertebrates", "insects", "fish"],
  ["flowers", "fruit and vegetables", "trees"],
  ["food containers", "household electrical devices", "household furniture"],
  ["large man made outdoor things", "vehicles 1", "vehicles 2", "large natural outdoor scenes"],
];

/** Group of each leaf by number of groups. Two and five are the authors'; three and four are cuts of the same tree, as even as it allows. */
const CUTS: Readonly<Record<number, readonly number[]>> = {
  2: [0, 0, 0, 1, 1],
  3: [0, 1, 1, 2, 2],
  4: [0, 1, 1, 2, 3],
  5: [0, 1, 2, 3, 4],
};

/** Groups by that tree; null where the superclasses are not CIFAR-100's or the tree has no such cut. */
export function cifarSemanticGroups({ superclasses, superclassOf }: Semantics, groups: number): number[] | null {
  const cut = CUTS[groups];
  const names = superclasses.map((name) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, " "));
  const known = LEAVES.flat();
  if (cut === undefined || names.length !== known.length || !known.every((name) => names.includes(name))) return null;
  const groupOf = names.map((name) => cut[LEAVES.findIndex((leaf) => leaf.includes(name))]!);
  return superclassOf.map((superclass) => groupOf[superclass]!);
}
