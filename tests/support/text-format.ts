/** A message in protobuf's text format: every field with its values in order, untyped. */
export interface TextMessage {
  readonly fields: ReadonlyMap<string, readonly TextValue[]>;
}

/** What the text says: a quoted string, a number as it is written, a bare word, or a message. */
export type TextValue =
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "message"; readonly message: TextMessage };

const TOKEN = /\s*(?:#[^\n]*\s*)*(?:("(?:[^"\\\n]|\\.)*")|(-?\d+(?:\.\d+)?)|([A-Za-z_]\w*)|([{}[\]:,;]))/y;

/**
 * Reads the text format (https://protobuf.dev/reference/protobuf/textformat-spec/) as far as configurations use it: no extensions, no
 * escapes in strings. Throws for anything else.
 */
export function parseTextFormat(text: string): TextMessage {
  const reader = new Reader(text);
  const message = reader.message(null);
  reader.end();
  return message;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Fields up to `close`, or up to the end of the text. */
  message(close: "}" | null): TextMessage {
    const fields = new Map<string, TextValue[]>();
    while (!this.#done() && !(close !== null && this.#take(close))) {
      const name = this.#next();
      if (name.kind !== "word") throw this.#error(`a field's name, got ${name.text}`);
      const colon = this.#take(":");
      fields.set(name.text, [...(fields.get(name.text) ?? []), ...this.#values(colon)]);
      if (!this.#take(",")) this.#take(";");
      if (close !== null && this.#done()) throw this.#error(close);
    }
    return { fields };
  }

  end(): void {
    if (!this.#done()) throw this.#error("the end");
  }

  /** One value or a list. Only messages may do without a colon. */
  #values(colon: boolean): TextValue[] {
    if (!this.#take("[")) return [this.#value(colon)];
    const values: TextValue[] = [];
    if (this.#take("]")) return values;
    do values.push(this.#value(colon));
    while (this.#take(","));
    if (!this.#take("]")) throw this.#error("]");
    return values;
  }

  #value(colon: boolean): TextValue {
    if (this.#take("{")) return { kind: "message", message: this.message("}") };
    if (!colon) throw this.#error(": or {");
    const token = this.#next();
    if (token.kind === "sign") throw this.#error(`a value, got ${token.text}`);
    return token.kind === "string"
      ? { kind: "string", text: this.#unquoted(token.text) }
      : { kind: token.kind, text: token.text };
  }

  #unquoted(quoted: string): string {
    if (quoted.includes("\\")) throw this.#error("a string without escapes");
    return quoted.slice(1, -1);
  }

  #done(): boolean {
    return /^\s*(?:#[^\n]*\s*)*$/.test(this.#text.slice(this.#at));
  }

  #take(sign: string): boolean {
    const at = this.#at;
    const token = this.#done() ? null : this.#next();
    if (token?.kind === "sign" && token.text === sign) return true;
    this.#at = at;
    return false;
  }

  #next(): { readonly kind: "string" | "number" | "word" | "sign"; readonly text: string } {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (match === null) throw this.#error("a token");
    this.#at = TOKEN.lastIndex;
    const [, string, number, word, sign] = match;
    if (string !== undefined) return { kind: "string", text: string };
    if (number !== undefined) return { kind: "number", text: number };
    return word === undefined ? { kind: "sign", text: sign! } : { kind: "word", text: word };
  }

  #error(expected: string): Error {
    return new Error(`text format: expected ${expected} at line ${this.#text.slice(0, this.#at).split("\n").length}`);
  }
}
