/** Options as `parseArgs` gives them. */
export type OptionValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** The command was called in a way it does not understand: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The option's text, or undefined when it was not given. */
export function optionalText(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  if (value === "") throw new UsageError(`--${name} needs a value`);
  return typeof value === "string" ? value : undefined;
}

export function requiredText(values: OptionValues, name: string): string {
  const text = optionalText(values, name);
  if (text === undefined) throw new UsageError(`--${name} is missing`);
  return text;
}

/** Every value of an option that may be repeated. */
export function texts(values: OptionValues, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** The parts of a list "a,b,c", each once; undefined when the option was not given. */
export function listOf(values: OptionValues, name: string): string[] | undefined {
  const parts = optionalText(values, name)?.split(",");
  return parts && [...new Set(parts.map((part) => part.trim()))];
}

/** Seeds of a list "1,2,3"; undefined when the option was not given. */
export function seedsOf(values: OptionValues, name: string): number[] | undefined {
  return listOf(values, name)?.map((text) => {
    const seed = Number(text);
    if (/^\d{1,10}$/.test(text) && seed <= 0xffffffff) return seed;
    throw new UsageError(`--${name} ${text}: expected whole numbers of 0 to 4294967295`);
  });
}

/** A whole number of at least `least`; `fallback` when the option was not given. */
export function integer(values: OptionValues, name: string, fallback: number, least: number): number {
  const text = optionalText(values, name);
  if (text === undefined) return fallback;
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least) {
    throw new UsageError(`--${name} ${text}: expected a whole number of at least ${least}`);
  }
  return number;
}

/** Names allowed of an option that may be repeated, each once. */
export function choices<Name extends string>(values: OptionValues, name: string, names: readonly Name[]): Name[] {
  return [...new Set(texts(values, name))].map((text) => choice({ [name]: text }, name, names)!);
}

/** One of the names allowed. */
export function choice<Name extends string>(values: OptionValues, name: string, names: readonly Name[]): Name | undefined {
  const text = optionalText(values, name);
  if (text === undefined) return undefined;
  const found = names.find((candidate) => candidate === text);
  if (found === undefined) throw new UsageError(`--${name} ${text}: choose one of ${names.join(", ")}`);
  return found;
}
