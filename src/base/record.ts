/** An object with a value for each name. */
export function recordOf<Name extends string, Value>(names: readonly Name[], make: (name: Name) => Value): Record<Name, Value> {
  const made: Partial<Record<Name, Value>> = {};
  for (const name of names) made[name] = make(name);
  if (!isComplete(made, names)) throw new RangeError("a record lacks a name");
  return made;
}

function isComplete<Name extends string, Value>(
  made: Partial<Record<Name, Value>>,
  names: readonly Name[],
): made is Record<Name, Value> {
  return names.every((name) => name in made);
}
