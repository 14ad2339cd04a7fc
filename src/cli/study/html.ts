const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as HTML, in an element or a quoted attribute. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A table; the first row is its head, the first cell of every other row heads it. */
export function htmlTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const headCells = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join("");
  const bodyRows = rows.map(([first = "", ...cells]) => {
    const others = cells.map((cell) => `<td>${escaped(cell)}</td>`).join("");
    return `<tr><th scope="row">${escaped(first)}</th>${others}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${headCells}</tr></thead><tbody>${bodyRows.join("")}</tbody></table></div>`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --line: #d5d9de; --dot: #0072b2; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --line: #3a4048; --dot: #56b4e9; --paper: #15181c; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child { text-align: left; }
svg { max-width: 100%; height: auto; margin: 1rem 0; font: 13px system-ui, sans-serif; fill: var(--ink); }
svg .title { font-weight: 600; }
svg .grid { stroke: var(--line); }
svg circle { fill: var(--dot); fill-opacity: .55; }
svg .interval { stroke: var(--ink); stroke-width: 2; }
svg .mean { fill: var(--ink); }
`;

/** A page that needs no other file. `body` is HTML. */
export function htmlPage(title: string, body: string): string {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>`;
  return `<!doctype html>\n<html lang="en"><head>${head}<style>${STYLE}</style></head>\n<body>\n${body}\n</body></html>\n`;
}
