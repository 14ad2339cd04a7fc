/** The two networks of a run; the split one is looked at first, where there is one. */
export const NETWORKS = ["split", "unsplit"] as const;
export type NetworkName = (typeof NETWORKS)[number];
