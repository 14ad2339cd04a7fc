import { useMemo } from "react";
import { configDifferences } from "../../state/comparison";
import { Scroll } from "../kit/scroll";
import { text } from "../text";
import type { Shown } from "./shown";

/** The settings in which the runs differ, and nothing that they share. */
export function Differences({ shown }: { readonly shown: readonly Shown[] }) {
  const rows = useMemo(() => configDifferences(shown.map(({ record }) => record)), [shown]);
  if (shown.length < 2) return null;
  return (
    <>
      <h3>{text.compare.differences}</h3>
      {rows.length === 0 ? (
        <p className="hint">{text.compare.noDifferences}</p>
      ) : (
        <Scroll across label={text.compare.differences}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{text.compare.setting}</th>
                {shown.map(({ record, number, name }) => (
                  <th key={record.id} scope="col">
                    {number}: {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ path, values }) => (
                <tr key={path}>
                  <th scope="row">
                    <code>{path}</code>
                  </th>
                  {shown.map(({ record }, index) => (
                    <td key={record.id}>{values[index]}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </>
  );
}
