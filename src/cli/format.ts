/** Whole numbers with thousands separators: 10,999,908. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** 0.4792 as 47.9%. */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** Seconds for people: 9 s, 4 min 10 s, 2 h 5 min. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Rows of cells as aligned columns, the first one to the left and the others to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

/** Indented JSON with each list of numbers on one line; a line break inside a string is escaped, so strings are left alone. */
export function formatJson(value: unknown): string {
  const indented = JSON.stringify(value, null, 2);
  return `${indented.replaceAll(/\[\n[-+.,\deE\s]+\]/g, (list) => list.replaceAll(/\s+/g, " "))}\n`;
}
