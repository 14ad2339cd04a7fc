import { recordOf } from "../base/record";
import { type Columns, type CurveColumns, STEP_COLUMNS, type StageColumns, VALIDATION_COLUMNS } from "../model/curve-columns";

/** Stored columns of metrics; null if they are none. Points that are not numbers throughout are left out. */
export function parseCurveColumns(value: unknown): CurveColumns | null {
  const [group, finetune] = [stageColumns(property(value, "group")), stageColumns(property(value, "finetune"))];
  return group === null || finetune === null ? null : { group, finetune };
}

function stageColumns(value: unknown): StageColumns | null {
  const steps = columns(STEP_COLUMNS, property(value, "steps"));
  const validations = columns(VALIDATION_COLUMNS, property(value, "validations"));
  return steps === null || validations === null ? null : { steps, validations };
}

function columns<Name extends string>(names: readonly Name[], value: unknown): Columns<Name> | null {
  const found = names.map((name) => property(value, name));
  const length = found[0] instanceof Float64Array ? found[0].length : -1;
  const isColumn = (column: unknown): column is Float64Array => column instanceof Float64Array && column.length === length;
  if (!found.every(isColumn)) return null;
  if (found.every((column) => column.every(Number.isFinite))) return recordOf(names, (name) => found[names.indexOf(name)]!);
  const rows = [...found[0]!.keys()].filter((row) => found.every((column) => Number.isFinite(column[row])));
  const kept = found.map((column) => Float64Array.from(rows, (row) => column[row]!));
  return recordOf(names, (name) => kept[names.indexOf(name)]!);
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
