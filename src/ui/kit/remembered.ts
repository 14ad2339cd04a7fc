import { useEffect, useState } from "react";

/** A choice of the person that this browser remembers; `parse` makes a value of what was stored, null for nothing. */
export function useRemembered<Value extends string>(
  key: string,
  parse: (stored: string | null) => Value,
): readonly [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => parse(browserStorage()?.getItem(key) ?? null));
  useEffect(() => browserStorage()?.setItem(key, value), [key, value]);
  return [value, setValue];
}

/** What stays over visits; null where there is no page, or where the browser forbids storing. */
export function browserStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
