import type { DeviceView } from "../../protocol/views";
import { Button } from "../kit/controls";
import { Scroll } from "../kit/scroll";
import { useStudio } from "../kit/studio";
import { Disclosure } from "../kit/view";
import { text } from "../text";

type Missing = Extract<DeviceView, { kind: "missing" }>;

/** Why nothing can be computed here, what to do about it in this browser on this system, and what works all the same. */
export function DeviceMissing({ device: { error, obstacle } }: { readonly device: Missing }) {
  const { send } = useStudio();
  const { deviceMissing: words } = text;
  const { why, browser, system } = obstacle;
  return (
    <section className="notice notice-bad device-missing" aria-label={words.title[why]}>
      <div role="alert">
        <h2 className="notice-title">{words.title[why]}</h2>
        <p>{words.consequence}</p>
      </div>
      <h3>{words.stepsIn(browser, system)}</h3>
      <ol>
        {words.stepsFor(obstacle).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <div className="row">
        <Button onClick={() => send({ kind: "findDevice" })}>{words.again}</Button>
        <Button onClick={() => location.reload()}>{words.reload}</Button>
      </div>
      <p>{words.works}</p>
      {error.message !== words.title[why] && <p className="hint">{words.told(error.message)}</p>}
      <Versions />
    </section>
  );
}

/** For who could use another browser or computer. */
function Versions() {
  const { versions, columns, table } = text.deviceMissing;
  return (
    <Disclosure name="webgpu" summary={versions}>
      <Scroll across label={versions}>
        <table className="table">
          <thead>
            <tr>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.map(([browser, system, version]) => (
              <tr key={`${browser} ${system}`}>
                <th scope="row">{browser}</th>
                <td>{system}</td>
                <td>{version}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Disclosure>
  );
}
