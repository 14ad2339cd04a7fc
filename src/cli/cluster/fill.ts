/**
 * A template with its places `@name@` filled in. Every place must have a value and every value a place: what is left over on either side is a
 * fault of the program.
 */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  const used = new Set<string>();
  const text = template.replaceAll(/@([a-zA-Z]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new RangeError(`the template asks for ${name}, which is not given`);
    used.add(name);
    return String(value);
  });
  const unused = Object.keys(values).find((name) => !used.has(name));
  if (unused !== undefined) throw new RangeError(`the template has no place for ${unused}`);
  return text;
}

/** Words as a POSIX shell reads them back, whatever they hold. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
