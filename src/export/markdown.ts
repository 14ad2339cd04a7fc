/** A table of cells that are markup already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}

/** Names come from files: nothing in them may act as markup. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\\`*{}[\]<>|#&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export function whole(value: number): string {
  return value.toLocaleString("en-US");
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
