/**
 * Whether a value of JSON or of a message holds more than `limit` values, those within lists and objects counted at every depth.
 * Stops there: a schema reports every field at fault, and a list of a million of them would take memory and time.
 */
export function holdsMoreThan(value: unknown, limit: number): boolean {
  const open = [value];
  for (let count = 1; open.length > 0; count++) {
    const next = open.pop();
    if (typeof next !== "object" || next === null) continue;
    if (sizeOf(next) > limit - count - open.length) return true;
    for (const inner of Object.values(next)) open.push(inner);
  }
  return false;
}

/** Without listing what may be millions; a hole of a list counts, because whoever reads the list meets it. */
function sizeOf(value: object): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}
