import { type Config, configSchema } from "../model/config";
import { isPresetName, type PresetName, presetConfig } from "../model/presets";

/** The configuration being written: a base that is valid JSON of any content, and the texts typed over its fields. */
export interface ConfigForm {
  readonly preset: PresetName;
  /** Untrusted: what a preset, a run or pasted JSON gave. */
  readonly base: unknown;
  /** Text typed into a field, by path such as "group.steps". */
  readonly edits: Readonly<Record<string, string>>;
}

/** One difference from the preset. */
export interface Difference {
  readonly path: string;
  readonly preset: string;
  readonly value: string;
}

/** What the form amounts to. */
export interface FormResult {
  /** Null while any field is wrong. */
  readonly config: Config | null;
  /** Candidate as JSON values, valid or not. */
  readonly candidate: unknown;
  /** Messages by path; "config" for what has no field. */
  readonly errors: Readonly<Record<string, string>>;
  readonly differences: readonly Difference[];
}

export const DEFAULT_PRESET: PresetName = "quick";

/** The preset named in a query such as "?preset=tiny", null for none that is known. */
export function presetFromQuery(query: string): PresetName | null {
  const name = new URLSearchParams(query).get("preset") ?? "";
  return isPresetName(name) ? name : null;
}

export function formOfPreset(preset: PresetName): ConfigForm {
  return { preset, base: presetConfig(preset), edits: {} };
}

/** A form that starts from somebody's configuration, compared with the preset it names. Fields younger than it get their defaults. */
export function formOfValue(value: unknown, fallback: PresetName): ConfigForm {
  const named = valueAt(value, "preset");
  const base = configSchema.safeParse(value).data ?? value;
  return { preset: typeof named === "string" && isPresetName(named) ? named : fallback, base, edits: {} };
}

export function withEdit(form: ConfigForm, path: string, text: string): ConfigForm {
  return { ...form, edits: { ...form.edits, [path]: text } };
}

/** Validates the form by the schema that pages, files and the command line share. */
export function evaluateForm(form: ConfigForm): FormResult {
  const candidate = Object.entries(form.edits).reduce<unknown>(
    (value, [path, text]) => withValue(value, path.split("."), typedValue(valueAt(presetConfig(form.preset), path), text)),
    form.base,
  );
  const parsed = configSchema.safeParse(candidate);
  const errors: Record<string, string> = {};
  for (const issue of parsed.error?.issues ?? []) errors[issue.path.join(".") || "config"] ??= issue.message;
  return {
    config: parsed.success ? parsed.data : null,
    candidate,
    errors,
    differences: differencesBetween(presetConfig(form.preset), candidate),
  };
}

/** The text a field shows: what was typed, else the base's value. */
export function fieldText(form: ConfigForm, path: string): string {
  const edit = form.edits[path];
  if (edit !== undefined) return edit;
  const value = valueAt(form.base, path);
  return value === undefined || value === null ? "" : String(value);
}

/** The value at a path such as "group.steps"; undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

/** Leaves that differ; lists are compared as a whole. The preset's own name is not a difference. */
export function differencesBetween(preset: unknown, value: unknown, prefix = ""): Difference[] {
  if (isObject(preset) && isObject(value)) {
    const keys = [...new Set([...Object.keys(preset), ...Object.keys(value)])].filter((key) => prefix !== "" || key !== "preset");
    return keys.flatMap((key) => differencesBetween(preset[key], value[key], prefix === "" ? key : `${prefix}.${key}`));
  }
  const [before, now] = [shown(preset), shown(value)];
  return before === now ? [] : [{ path: prefix || "config", preset: before, value: now }];
}

/** "2-2-2" and names stay text; fields that are numbers in the preset become numbers, or stay text to be refused by the schema. */
export function typedValue(model: unknown, text: string): unknown {
  if (typeof model !== "number") return text.trim();
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : text;
}

/** The value with a leaf put at a path, objects made on the way where there are none. */
export function withValue(value: unknown, path: readonly string[], leaf: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return leaf;
  const object = isObject(value) ? value : {};
  return { ...object, [key]: withValue(object[key], rest, leaf) };
}

function shown(value: unknown): string {
  if (value === undefined) return "not set";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
