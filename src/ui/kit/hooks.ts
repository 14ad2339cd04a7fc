import { startTransition, useEffect, useRef, useState } from "react";

/**
 * The newest value, at most once per `milliseconds`: charts and matrices need not follow every step. A value of another thing, as
 * `of` tells them apart, is shown at once.
 */
export function useThrottled<Value>(value: Value, milliseconds: number, of: (value: Value) => unknown): Value {
  const [shown, setShown] = useState(value);
  const last = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, last.current + milliseconds - Date.now());
    const timer = setTimeout(() => {
      last.current = Date.now();
      // What a person presses meanwhile goes before it.
      startTransition(() => setShown(value));
    }, wait);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return of(value) === of(shown) ? shown : value;
}

/** Address of a file for a download link; released when the file changes or the panel goes. */
export function useObjectUrl(file: Blob | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (file === null) return setUrl(null);
    const created = URL.createObjectURL(file);
    setUrl(created);
    return () => URL.revokeObjectURL(created);
  }, [file]);
  return url;
}
