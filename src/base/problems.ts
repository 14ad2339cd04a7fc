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
