import { isPresetName, presetConfig } from "../model/presets";
import { type ConfigForm, formOfPreset, valueAt, withValue } from "./config-form";

/**
 * A form as parameters of an address: `preset`; `json.PATH` for each value that a run or pasted JSON gave otherwise than the preset has
 * it (nothing: it is missing); `json` for what cannot be told so; `set.PATH` for each text typed, valid or not.
 */
const PRESET = "preset";
const WHOLE = "json";
const VALUE = "json.";
const TYPED = "set.";

export function paramsOfForm({ preset, base, edits }: ConfigForm): [string, string][] {
  const typed = Object.entries(edits).map(([path, text]): [string, string] => [TYPED + path, text]);
  return [[PRESET, preset], ...paramsOfBase(presetConfig(preset), base), ...typed];
}

/** The form that the parameters tell of, null where they name no preset that is known; what cannot be read of it is as the preset has it. */
export function formOfParams(params: URLSearchParams): ConfigForm | null {
  const preset = params.get(PRESET) ?? "";
  if (!isPresetName(preset)) return null;
  const form = formOfPreset(preset);
  const edits: Record<string, string> = {};
  let base = form.base;
  for (const [name, text] of params) {
    if (name === WHOLE) base = parsed(text) ?? base;
    else if (name.startsWith(VALUE)) base = withParam(base, name.slice(VALUE.length), text);
    else if (name.startsWith(TYPED)) edits[name.slice(TYPED.length)] = text;
  }
  return { preset, base, edits };
}

function paramsOfBase(preset: unknown, base: unknown): [string, string][] {
  const leaves = differingLeaves(preset, base, "").map(([path, value]): [string, string] => [
    VALUE + path,
    value === undefined ? "" : JSON.stringify(value),
  ]);
  const readBack = leaves.reduce((value, [name, text]) => withParam(value, name.slice(VALUE.length), text), preset);
  // A key with a dot in it, say, has no path.
  return JSON.stringify(sorted(readBack)) === JSON.stringify(sorted(base)) ? leaves : [[WHOLE, JSON.stringify(base)]];
}

function differingLeaves(preset: unknown, value: unknown, path: string): [string, unknown][] {
  if (isObject(preset) && isObject(value)) {
    const keys = [...new Set([...Object.keys(preset), ...Object.keys(value)])];
    return keys.flatMap((key) => differingLeaves(preset[key], value[key], path === "" ? key : `${path}.${key}`));
  }
  return JSON.stringify(preset) === JSON.stringify(value) ? [] : [[path, value]];
}

function withParam(base: unknown, path: string, text: string): unknown {
  const value = text === "" ? undefined : parsed(text);
  // What cannot be read is as it was.
  if (value === null && text !== "null") return base;
  return text === "" && valueAt(base, path) === undefined ? base : withValue(base, path.split("."), value);
}

/** Null for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The same value with the keys of every object in one order, and without those that hold nothing. */
function sorted(value: unknown): unknown {
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.flatMap((key) => (value[key] === undefined ? [] : [[key, sorted(value[key])]])));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
