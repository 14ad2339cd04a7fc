import { isJsonObject } from "../base/json";
import type { Config } from "./config";
import type { PointValues } from "./sweep";

/** Every field of a configuration by its dotted path; lists are values. Neither the seed nor the name of the preset is told. */
export function configValues({ seed: _, preset: __, ...fields }: Config): PointValues {
  return Object.fromEntries(leaves(fields, ""));
}

function leaves(value: unknown, path: string): [string, unknown][] {
  if (!isJsonObject(value)) return [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === "" ? name : `${path}.${name}`));
}

/** The paths at which the configurations do not all have the same value, in the order of their fields. */
export function differingPaths(configs: readonly Config[]): string[] {
  const values = configs.map(configValues);
  const paths = [...new Set(values.flatMap(Object.keys))];
  return paths.filter((path) => new Set(values.map((fields) => JSON.stringify(fields[path]))).size > 1);
}
