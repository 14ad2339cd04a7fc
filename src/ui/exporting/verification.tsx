import type { ExportVerification } from "../../state/facts";
import { Button, Progress } from "../kit/controls";
import { count } from "../kit/format";
import { NumberHead } from "../kit/number-head";
import { text } from "../text";

interface Props {
  readonly verification: ExportVerification | null;
  readonly onVerify: () => void;
}

/** What another program makes of the exported file, once that is asked for. */
export function VerifyExport({ verification, onVerify }: Props) {
  const { exporting } = text;
  if (verification?.kind === "running") return <VerifyProgress {...verification} />;
  return (
    <>
      <div className="row">
        <Button onClick={onVerify}>{exporting.verify}</Button>
      </div>
      {verification === null ? <p className="hint">{exporting.verifyHint}</p> : <Verified {...verification} />}
    </>
  );
}

/** Graphs that other programs have run, of all of them; of 0 while the programs are loaded. */
export function VerifyProgress({ done, total }: { readonly done: number; readonly total: number }) {
  const label = text.exporting.verifying(done, total);
  return (
    <div className="run-progress">
      <p className="hint">{label}</p>
      <Progress label={label} value={done} max={total} />
    </div>
  );
}

function Verified({ checksums, programs, verified, tolerance, within }: Extract<ExportVerification, { kind: "done" }>) {
  const { exporting } = text;
  const columns = exporting.verifiedColumns;
  return (
    <div aria-live="polite">
      <p>{exporting.verified(checksums, programs)}</p>
      <table className="table">
        <NumberHead first={columns.what} numbers={[columns.difference, columns.same]} />
        <tbody>
          {verified.map(({ what, name, difference, images, sameClass }) => (
            <tr key={`${what} ${name}`}>
              <th scope="row">
                {name} <span className="hint">{exporting.verifiedAs[what]}</span>
              </th>
              <td className="number">{difference.toExponential(1)}</td>
              <td className="number">
                {count(sameClass)} / {count(images)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={within ? "strong" : "wrong"}>
        {within ? exporting.allWithin(String(tolerance)) : exporting.notWithin(String(tolerance))}
      </p>
    </div>
  );
}
