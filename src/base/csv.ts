/** What stands in a cell of a table; nothing for null. */
export type Cell = string | number | null | undefined;

/** RFC 4180: lines end in CR LF, cells with commas, quotes or line ends are quoted, quotes doubled. */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(value: Cell): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
