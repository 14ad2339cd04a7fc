import type { Draws } from "./draws";

/** Lists in lists. */
export function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

const NUMBERS = [0, -0, 1, -1, 0.5, 255, 256, 2 ** 31, 2 ** 53, -(2 ** 53), 1e21, 1e308, Number.NaN, Number.POSITIVE_INFINITY];
const TEXTS = [
  "",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "C:\\run",
  "con",
  "a\u0000b",
  "\ud800",
  "\u202etxt",
  "2-2-2",
  "9999-9999-9999",
  "0-0-0",
  "group",
  "1e9",
  "f16",
];

const HOSTILE: readonly ((draws: Draws) => unknown)[] = [
  (draws) => draws.pick(NUMBERS),
  (draws) => draws.pick(NUMBERS),
  (draws) => draws.below(300),
  (draws) => draws.pick(TEXTS),
  (draws) => draws.pick(TEXTS),
  (draws) => draws.pick([null, undefined, true, false]),
  (draws) => "x".repeat(draws.pick([101, 1001, 20_000])),
  (draws) => nested(draws.pick([1, 3, 100, 5000])),
  (draws) => new Array(draws.pick([1, 17, 257, 2000])).fill(draws.pick(NUMBERS)),
  () => ({}),
  () => ({ toString: 1, valueOf: 1 }),
  () => ({ length: 1e9 }),
  () => 10n ** 30n,
];

/** One to three seeded changes somewhere in a value of plain objects and lists. */
export function mutateValue(value: unknown, draws: Draws): unknown {
  let mutant = value;
  for (let rounds = 1 + draws.below(3); rounds > 0; rounds--) mutant = changedSomewhere(mutant, draws);
  return mutant;
}

function changedSomewhere(value: unknown, draws: Draws): unknown {
  const hostile = (): unknown => draws.pick(HOSTILE)(draws);
  if (Array.isArray(value) && draws.chance(0.85)) return changedList(value, draws, hostile);
  if (isPlain(value) && draws.chance(0.95)) return changedObject(value, draws, hostile);
  return typeof value === "string" && draws.chance(0.3) ? changedText(value, draws) : hostile();
}

function changedList(list: readonly unknown[], draws: Draws, hostile: () => unknown): unknown[] {
  const at = draws.below(list.length + 1);
  if (at === list.length || draws.chance(0.1)) return list.toSpliced(at, 0, hostile());
  if (draws.chance(0.2)) return list.toSpliced(at, 1);
  if (draws.chance(0.1)) return [...list, ...list];
  return list.with(at, changedSomewhere(list[at], draws));
}

function changedObject(object: object, draws: Draws, hostile: () => unknown): object {
  const entries = Object.entries(object);
  const at = draws.below(entries.length + 1);
  const entry = entries[at];
  if (entry === undefined || draws.chance(0.05)) return Object.fromEntries([...entries, [draws.pick(TEXTS), hostile()]]);
  if (draws.chance(0.1)) return Object.fromEntries(entries.toSpliced(at, 1));
  if (draws.chance(0.05)) return Object.fromEntries(entries.with(at, [draws.pick(TEXTS), entry[1]]));
  return Object.fromEntries(entries.with(at, [entry[0], changedSomewhere(entry[1], draws)]));
}

function changedText(text: string, draws: Draws): string {
  const at = draws.below(text.length + 1);
  return text.slice(0, at) + draws.pick([...TEXTS, "-", ".", "/", "0", "A"]) + text.slice(at + draws.below(3));
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
