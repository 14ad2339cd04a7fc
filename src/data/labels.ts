import { ArchiveError } from "../base/errors";

/** Labels are stored as one byte each. */
export const LABEL_LIMIT = 256;
const NAME_LIMIT_BYTES = 200;

/**
 * Names of a label file, one a line in label order; blank lines at the end are ignored.
 * Throws ArchiveError that names file and byte for a name that is empty, repeated, not UTF-8 or unprintable, and for no or too many names.
 */
export function parseLabelFile(bytes: Uint8Array, file: string): readonly string[] {
  const lines: { readonly bytes: Uint8Array; readonly place: string }[] = [];
  const length = bytes.findLastIndex((byte) => byte !== 10 && byte !== 13) + 1;
  for (let start = 0; start < length && lines.length <= LABEL_LIMIT; ) {
    const feed = bytes.indexOf(10, start);
    const end = feed < 0 ? bytes.length : feed;
    const withoutReturn = end > start && bytes[end - 1] === 13 ? end - 1 : end;
    lines.push({ bytes: bytes.subarray(start, withoutReturn), place: `byte ${start}` });
    start = end + 1;
  }
  return checkNames(lines, file);
}

/** The same checks for names from elsewhere; `place` says where each stands. */
export function checkNames(
  names: readonly { readonly bytes: Uint8Array; readonly place: string }[],
  file: string,
): readonly string[] {
  if (names.length === 0) throw fault(file, "byte 0", "there is no label name");
  if (names.length > LABEL_LIMIT) {
    throw fault(
      file,
      names[LABEL_LIMIT]!.place,
      `more than ${LABEL_LIMIT} label names, but a label of one byte tells no more apart`,
    );
  }
  const seen = new Map<string, number>();
  names.forEach(({ bytes, place }, label) => {
    const name = decode(bytes);
    if (name === null) throw fault(file, place, `the name of label ${label} is empty, too long, not UTF-8 or not printable`);
    const earlier = seen.get(name);
    if (earlier !== undefined) throw fault(file, place, `"${name}" names both label ${earlier} and label ${label}`);
    seen.set(name, label);
  });
  return [...seen.keys()];
}

function decode(bytes: Uint8Array): string | null {
  if (bytes.length === 0 || bytes.length > NAME_LIMIT_BYTES) return null;
  if (bytes.some((byte) => byte < 0x20 || byte === 0x7f)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim() || null;
  } catch {
    return null;
  }
}

function fault(file: string, place: string, what: string): ArchiveError {
  return new ArchiveError(
    `${file}: ${place}: ${what}`,
    "Use the label files of the original archive: one name a line, no name twice.",
  );
}
