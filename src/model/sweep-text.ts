import { parseDocument } from "yaml";
import { ConfigError } from "../base/errors";
import { expandSweep, type Sweep } from "./sweep";

/** Characters: 10,000 listed runs of a line each have fewer. */
const LONGEST_TEXT = 1_000_000;
/** Lists and objects within each other; a configuration has four. The reader takes time that grows with the square of it. */
const DEEPEST = 64;
/** An anchor that is repeated this often multiplies a text to what no person wrote. */
const MOST_ALIASES = 100;

/** The sweep of a JSON or YAML 1.2 text. Throws ConfigError that starts with `where` and names line or field at fault. */
export function parseSweepText(text: string, where: string): Sweep {
  const value = yamlValue(text, where);
  try {
    return expandSweep(value);
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${where}: ${error.message}`, error.cure, { cause: error });
    throw error;
  }
}

/** JSON is YAML: one reader takes both. */
function yamlValue(text: string, where: string): unknown {
  if (text.length > LONGEST_TEXT) throw unreadable(where, `more than ${LONGEST_TEXT} characters`);
  if (nestsDeeper(text)) throw unreadable(where, `more than ${DEEPEST} lists and objects within each other`);
  try {
    const document = parseDocument(text, { version: "1.2", schema: "core", merge: false });
    // A warning is about a tag that is not known, whose value would be taken for something else.
    const problem = document.errors[0] ?? document.warnings[0];
    if (problem !== undefined) throw problem;
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw unreadable(where, reason.replace(/:$/, ""), error);
  }
}

/** Whether brackets, or signs of a list one behind the other, nest deeper than any sweep; brackets within texts count as well. */
function nestsDeeper(text: string): boolean {
  let depth = 0;
  for (const sign of text) {
    if (sign === "[" || sign === "{") depth++;
    else if (sign === "]" || sign === "}") depth--;
    if (depth > DEEPEST) return true;
  }
  return new RegExp(`(?:[-?] +){${DEEPEST}}`).test(text);
}

function unreadable(where: string, reason: string, cause?: unknown): ConfigError {
  return new ConfigError(
    `${where}: neither JSON nor YAML (${reason})`,
    "Correct the file; docs/sweeps.md has a complete example.",
    { cause },
  );
}
