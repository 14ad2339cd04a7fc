import { useEffect, useState } from "react";

/** A choice of the person that this browser remembers; `parse` makes a value of what was stored, null for nothing. */
export function useRemembered<Value extends string>(
  key: string,
  parse: (stored: string | null) => Value,
): readonly [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => parse(storage()?.getItem(key) ?? null));
  useEffect(() => storage()?.setItem(key, value), [key, value]);
  return [value, setValue];
}

/** Null where there is no page, or where the browser forbids storing. */
function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
