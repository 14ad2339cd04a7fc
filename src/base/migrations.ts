/** Leads a value from one version of a format to the next. */
export type Migration<Value> = (value: Value) => Value;

/**
 * The value in the newest version of its format: `migrations[0]` leads from version 1 to 2, and so on, so that the newest is one more
 * than there are. Null where `version` is none that is known: a newer program wrote it.
 */
export function migrated<Value>(value: Value, version: number, migrations: readonly Migration<Value>[]): Value | null {
  const newest = migrations.length + 1;
  if (!Number.isInteger(version) || version < 1 || version > newest) return null;
  return migrations.slice(version - 1).reduce((older, migration) => migration(older), value);
}
