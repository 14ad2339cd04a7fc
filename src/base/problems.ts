/** A field at fault, as a schema reports it. */
interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const MOST_PROBLEMS = 20;

/** The fields at fault and why, the first twenty of them; `whole` is what a fault of the value itself is said of. */
export function describeProblems(problems: readonly Problem[], whole: string): string {
  const listed = problems.slice(0, MOST_PROBLEMS).map(({ path, message }) => `${path.join(".") || whole}: ${message}`);
  const more = problems.length - listed.length;
  return [...listed, ...(more === 0 ? [] : [`and ${more} more`])].join("; ");
}

/** What is used of a zod schema. */
interface Schema<Value> {
  safeParse(value: unknown): Parsed<Value>;
}

type Parsed<Value> =
  | { readonly success: true; readonly data: Value }
  | { readonly success: false; readonly error: { readonly issues: readonly Problem[] } };

/** As `schema.safeParse`, which throws where it compares the `length` of what is no text or list: that is a fault as well. */
export function parseSafely<Value>(schema: Schema<Value>, value: unknown): Parsed<Value> {
  try {
    return schema.safeParse(value);
  } catch (error) {
    return { success: false, error: { issues: [{ path: [], message: error instanceof Error ? error.message : "unreadable" }] } };
  }
}
