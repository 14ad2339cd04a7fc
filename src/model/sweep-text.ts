import { LineCounter, parseDocument, type YAMLError } from "yaml";
import { ConfigError } from "../base/errors";
import { expandSweep, type Sweep } from "./sweep";

/** Characters: 10,000 listed runs of a line each have fewer. */
const LONGEST_JSON = 4_000_000;
/** What a person writes. The reader of YAML takes time that grows with the square of some texts: 32,000 characters are a second of it at most. */
const LONGEST_YAML = 32_000;
/** Lists and objects within each other; a sweep has six. The reader's time doubles with each. */
const DEEPEST = 12;
/** An anchor that is repeated this often multiplies a text to what no person wrote. */
const MOST_ALIASES = 100;

/** The sweep of a JSON or YAML 1.2 text. Throws ConfigError that starts with `where` and names line or field at fault. */
export function parseSweepText(text: string, where: string): Sweep {
  const value = jsonOrYaml(text, where);
  try {
    return expandSweep(value);
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${where}: ${error.message}`, error.cure, { cause: error });
    throw error;
  }
}

function jsonOrYaml(text: string, where: string): unknown {
  if (text.length > LONGEST_JSON) throw unreadable(where, `more than ${LONGEST_JSON} characters`);
  try {
    return JSON.parse(text);
  } catch {
    return yamlValue(text, where);
  }
}

function yamlValue(text: string, where: string): unknown {
  if (text.length > LONGEST_YAML)
    throw unreadable(where, `not JSON, and more than the ${LONGEST_YAML} characters of a YAML file`);
  if (nestsDeeper(text)) throw unreadable(where, `more than ${DEEPEST} lists and objects within each other`);
  try {
    const lineCounter = new LineCounter();
    const options = { version: "1.2", schema: "core", merge: false, prettyErrors: false, lineCounter } as const;
    const document = parseDocument(text, options);
    // A warning is about a tag that is not known, whose value would be taken for something else.
    const problem = document.errors[0] ?? document.warnings[0];
    if (problem !== undefined) throw unreadable(where, placed(problem, lineCounter));
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw unreadable(where, error instanceof Error ? error.message : String(error), error);
  }
}

function placed({ message, pos: [start] }: YAMLError, lines: LineCounter): string {
  const { line, col } = lines.linePos(start);
  return `${message}, line ${line}, column ${col}`;
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
    `${where}: neither JSON nor YAML (${reason.replaceAll(/\s+/g, " ")})`,
    "Correct the file; docs/sweeps.md has a complete example.",
    { cause },
  );
}
