/** Byte-for-byte conversions of the string forms of pickles; all return null where the input is not of that form. */

/** UTF-8 text of code points below 256 as one byte each: what Python's `encode(text, "latin1")` does. */
export function latin1Bytes(utf8: Uint8Array): Uint8Array | null {
  const out = new Uint8Array(utf8.length);
  let length = 0;
  for (let i = 0; i < utf8.length; i++) {
    const first = utf8[i] as number;
    if (first < 0x80) {
      out[length++] = first;
      continue;
    }
    const second = utf8[++i];
    if ((first !== 0xc2 && first !== 0xc3) || second === undefined || (second & 0xc0) !== 0x80) return null;
    out[length++] = ((first & 3) << 6) | (second & 0x3f);
  }
  return out.subarray(0, length);
}

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** Protocol 0 text (Python's raw-unicode-escape): bytes are code points, `\uXXXX` is the only escape. Returns UTF-8. */
export function unescapeUnicode(line: Uint8Array): Uint8Array | null {
  const out = new Uint8Array(2 * line.length);
  let length = 0;
  for (let i = 0; i < line.length; i++) {
    let code = line[i] as number;
    if (code === BACKSLASH && line[i + 1] === LETTER_U) {
      const escaped = hexadecimal(line.subarray(i + 2, i + 6), 4);
      if (escaped === null) return null;
      code = escaped;
      i += 5;
    }
    if (code < 0x80) {
      out[length++] = code;
    } else if (code < 0x800) {
      out[length++] = 0xc0 | (code >>> 6);
      out[length++] = 0x80 | (code & 0x3f);
    } else {
      out[length++] = 0xe0 | (code >>> 12);
      out[length++] = 0x80 | ((code >>> 6) & 0x3f);
      out[length++] = 0x80 | (code & 0x3f);
    }
  }
  return out.subarray(0, length);
}

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = { "\\": 0x5c, "'": 0x27, '"': 0x22, n: 10, r: 13, t: 9 };

/** Protocol 0 byte string: a Python 2 `repr`, quotes included. */
export function unescapeBytes(line: Uint8Array): Uint8Array | null {
  const quote = line[0];
  if (line.length < 2 || (quote !== 0x27 && quote !== 0x22) || line[line.length - 1] !== quote) return null;
  const end = line.length - 1;
  const out = new Uint8Array(end);
  let length = 0;
  for (let i = 1; i < end; i++) {
    if (line[i] !== BACKSLASH) {
      out[length++] = line[i] as number;
      continue;
    }
    const letter = i + 1 < end ? String.fromCharCode(line[++i] as number) : "";
    const value = letter === "x" ? hexadecimal(line.subarray(i + 1, Math.min(i + 3, end)), 2) : SIMPLE_ESCAPES[letter];
    if (value === undefined || value === null) return null;
    if (letter === "x") i += 2;
    out[length++] = value;
  }
  return out.subarray(0, length);
}

function hexadecimal(digits: Uint8Array, count: number): number | null {
  const text = String.fromCharCode(...digits);
  return text.length === count && /^[0-9a-fA-F]+$/.test(text) ? Number.parseInt(text, 16) : null;
}
