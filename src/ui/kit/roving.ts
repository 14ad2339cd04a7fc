import { type KeyboardEvent, useState } from "react";

const STRIDES: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Where a key leads from place `at` of `count`; null for a key that leads nowhere. */
export function placeAfter(key: string, at: number, count: number): number | null {
  const next = key === "Home" ? 0 : key === "End" ? count - 1 : at + (STRIDES[key] ?? 0);
  return next === at || next < 0 || next >= count ? null : next;
}

/** One stop of the Tab key for a long list of `count` buttons or boxes: the arrows, Home and End go through them. */
export function useRoving(count = Number.POSITIVE_INFINITY) {
  const [current, setCurrent] = useState(0);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("button, input")];
    const active = document.activeElement;
    const at = active instanceof HTMLElement ? stops.indexOf(active) : -1;
    const next = at < 0 ? null : placeAfter(event.key, at, stops.length);
    if (next === null) return;
    event.preventDefault();
    setCurrent(next);
    stops[next]!.focus();
  };
  // A list that became shorter keeps a stop.
  const stop = Math.min(current, count - 1);
  return { onKeyDown, tabIndexOf: (index: number): number => (index === stop ? 0 : -1) };
}
