/** Smaller forms that the weights of an exported network can have beside float32. */
export const WEIGHT_VARIANTS = ["float16", "int8"] as const;
export type WeightVariant = (typeof WEIGHT_VARIANTS)[number];
