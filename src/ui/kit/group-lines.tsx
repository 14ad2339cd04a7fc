import type { ClassGroups } from "../../state/assignment";
import { lights, litOf } from "../../state/lighting";
import { useSelected } from "./studio";

interface Props {
  /** Members a group, from the top and from the left. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly groups: ClassGroups | null;
}

/** Lines between the groups of a matrix, and bands over the rows and columns of those that are lit. */
export function GroupLines({ rows, columns, groups }: Props) {
  const lit = useSelected(({ lighting }) => litOf(lighting));
  const isLit = (group: number, all: number): boolean => all > 1 && lights(lit, { kind: "group", groups: all, group }, groups);
  return (
    <>
      {stretches(rows).map(({ group, start, size }) => (
        <span
          key={`row ${group}`}
          className={isLit(group, rows.length) ? "band" : "group-line group-line-row"}
          style={{ left: 0, right: 0, top: percent(start), height: percent(size) }}
        />
      ))}
      {stretches(columns).map(({ group, start, size }) => (
        <span
          key={`column ${group}`}
          className={isLit(group, columns.length) ? "band" : "group-line group-line-column"}
          style={{ top: 0, bottom: 0, left: percent(start), width: percent(size) }}
        />
      ))}
    </>
  );
}

function percent(share: number): string {
  return `${100 * share}%`;
}

/** Where each group lies, as shares of the whole; those without members are left out. */
function stretches(sizes: readonly number[]): { readonly group: number; readonly start: number; readonly size: number }[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let before = 0;
  return sizes.flatMap((size, group) => {
    const start = before / total;
    before += size;
    return size === 0 ? [] : [{ group, start, size: size / total }];
  });
}
