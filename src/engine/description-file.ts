import { z } from "zod";
import { parseSafely } from "../base/problems";
import { LONGEST_NAME, LONGEST_NOTES, type RunDescription } from "../model/run";

/** File of a run with its name and notes. */
export const DESCRIPTION_FILE = "description.json";

const fileSchema = z.object({
  format: z.literal("splitnet-description"),
  version: z.literal(1),
  name: z.string().max(LONGEST_NAME),
  notes: z.string().max(LONGEST_NOTES),
});

export function encodeDescription({ name, notes }: RunDescription): Uint8Array {
  const file: z.infer<typeof fileSchema> = { format: "splitnet-description", version: 1, name, notes };
  return new TextEncoder().encode(`${JSON.stringify(file)}\n`);
}

/** The description, null where the file is none. */
export function decodeDescription(bytes: Uint8Array): RunDescription | null {
  try {
    const parsed = parseSafely(fileSchema, JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? { name: parsed.data.name, notes: parsed.data.notes } : null;
  } catch {
    return null;
  }
}
