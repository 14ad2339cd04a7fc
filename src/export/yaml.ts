/** What a front matter is made of. */
export type YamlValue = string | number | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/**
 * The value as a YAML block, whose every line is indented so far and ends in a line break. Texts are quoted as JSON strings, which YAML's double-quoted
 * style reads: nothing in them can act as YAML.
 */
export function yamlBlock(value: YamlValue, indent = ""): string {
  if (isList(value)) return value.map((item) => `${indent}- ${yamlBlock(item, `${indent}  `).trimStart()}`).join("");
  if (typeof value !== "object") return `${indent}${scalar(value)}\n`;
  return Object.entries(value)
    .map(([key, item]) => {
      if (typeof item !== "object") return `${indent}${key}: ${scalar(item)}\n`;
      return `${indent}${key}:\n${yamlBlock(item, `${indent}  `)}`;
    })
    .join("");
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** Numbers are never written with an exponent alone, which YAML 1.1 reads as text: "1e-7". */
function scalar(value: string | number): string {
  if (typeof value === "string") return quoted(value);
  const text = String(value);
  return text.includes("e") && !text.includes(".") ? text.replace("e", ".0e") : text;
}

/** JSON escapes quotes, backslashes and what lies below a space; YAML also forbids other characters that cannot be printed. */
function quoted(text: string): string {
  const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
  return JSON.stringify(text).replaceAll(unprintable, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
