import { UsageError } from "./values";

const MOST_LISTED = 12;

/**
 * Classes of a list "apple, 17, pear": by name, in any case, or by number from 0 where no class has that name. In the order given. Throws UsageError for one that
 * there is not, or that is given twice.
 */
export function classesNamed(text: string, names: readonly string[]): number[] {
  const labels = text
    .split(",")
    .map((part) => part.trim())
    .map((part) => classNamed(part, names, "--classes"));
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) throw new UsageError(`--classes: ${names[twice]} is given twice`);
  return labels;
}

/** One class by name or number; `option` begins the message of the UsageError where there is none. */
export function classNamed(part: string, names: readonly string[], option: string): number {
  const exact = names.indexOf(part);
  if (exact >= 0) return exact;
  const folded = names.findIndex((name) => name.toLowerCase() === part.toLowerCase());
  if (folded >= 0) return folded;
  if (/^\d+$/.test(part) && Number(part) < names.length) return Number(part);
  throw new UsageError(`${option}: this run has no class "${part}"; ${listed(part, names)}`);
}

/** Classes that begin alike, or the first ones. */
function listed(part: string, names: readonly string[]): string {
  const start = part.slice(0, 2).toLowerCase();
  const alike = start === "" ? [] : names.filter((name) => name.toLowerCase().startsWith(start));
  if (alike.length > 0) return `did you mean ${alike.slice(0, MOST_LISTED).join(", ")}?`;
  const more = names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : "";
  return `it has ${names.slice(0, MOST_LISTED).join(", ")}${more}, or numbers 0 to ${names.length - 1}`;
}
