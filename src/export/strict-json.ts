/** Makes the error of the reader. */
type Failure = (message: string, cause?: unknown) => Error;

/** The value of JSON that others wrote; `what` names it in the errors. Refuses other encodings than UTF-8 and keys that an object has twice. */
export function parseStrictJson(bytes: Uint8Array, what: string, failure: Failure): unknown {
  const text = decodeText(bytes, what, failure);
  const value = parseJson(text, what, failure);
  const repeated = repeatedKey(text);
  if (repeated !== null) throw failure(`${repeated}: named twice in ${what}`);
  return value;
}

function decodeText(bytes: Uint8Array, what: string, failure: Failure): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw failure(`${what} is not UTF-8`, cause);
  }
}

function parseJson(text: string, what: string, failure: Failure): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw failure(`${what} is not JSON`, cause);
  }
}

const COLON = /\s*:/y;

/** The first key that an object of a valid JSON text has twice: JSON.parse would silently keep the last value. */
function repeatedKey(text: string): string | null {
  const scopes: Set<string>[] = [];
  for (let position = 0; position < text.length; position++) {
    const character = text[position];
    if (character === "{") scopes.push(new Set());
    else if (character === "}") scopes.pop();
    else if (character === '"') {
      const end = stringEnd(text, position);
      COLON.lastIndex = end;
      if (COLON.test(text)) {
        const key = String(JSON.parse(text.slice(position, end)));
        const keys = scopes.at(-1)!;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      position = end - 1;
    }
  }
  return null;
}

/** Offset after the closing quote of the string that starts at `start`. */
function stringEnd(text: string, start: number): number {
  let position = start + 1;
  while (text[position] !== '"') position += text[position] === "\\" ? 2 : 1;
  return position + 1;
}
