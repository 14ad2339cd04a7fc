import { formatBytes } from "../../base/bytes";
import type { Config } from "../../model/config";
import type { ProbeView } from "../../protocol/views";
import { probeFor, secondsOf } from "../../state/probes";
import { Button, Progress } from "../kit/controls";
import { count, decimal, duration } from "../kit/format";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";

interface Props {
  readonly config: Config;
  readonly classes: number;
}

/** How long the configuration would take here: measured on request, and kept for this visit. */
export function Probe({ config, classes }: Props) {
  const { send } = useStudio();
  const { device, activity, probes, fatal, elsewhere } = useSelected((state) => state.facts);
  const found = device.kind === "hardware" || device.kind === "software" ? device.description : null;
  const known = found === null ? null : probeFor(probes, { config, classes, device: found });
  const { probe } = text.configuration;
  if (activity.kind === "measuring") {
    const { stage, step, steps } = activity;
    const words = probe.measuring(text.stages.progressOf(stage), step, steps);
    return (
      <div className="probe">
        <p className="hint">{words}</p>
        <Progress label={words} value={step} max={steps} />
        <Button onClick={() => send({ kind: "stop" })}>{text.stages.stop}</Button>
      </div>
    );
  }
  const ready = found !== null && fatal === null && elsewhere === null && activity.kind === "idle";
  return (
    <div className="probe">
      {known !== null && <Measured probe={known} config={config} />}
      <Button disabled={!ready} describedBy="probe-hint" onClick={() => send({ kind: "probe", config })}>
        {probe.start}
      </Button>
      <p className="hint" id="probe-hint">
        {probe.hint}
      </p>
    </div>
  );
}

function Measured({ probe, config }: { readonly probe: ProbeView; readonly config: Config }) {
  const { probe: words } = text.configuration;
  const seconds = secondsOf(probe, config);
  const { group, finetune } = probe.stages;
  const bytes = Math.max(group.deviceBytes ?? 0, finetune.deviceBytes ?? 0);
  return (
    <>
      <table className="table">
        <caption className="hidden">{words.title}</caption>
        <thead>
          <tr>
            {words.columns.map((name, index) => (
              <th key={name} scope="col" className={index === 0 ? undefined : "number"}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(["group", "finetune"] as const).map((stage) => (
            <tr key={stage}>
              <th scope="row">{text.stages.progressOf(stage)}</th>
              <td className="number">{decimal(1000 * probe.stages[stage].secondsAStep)}</td>
              <td className="number">{count(probe.stages[stage].imagesASecond)}</td>
              <td className="number">{duration(seconds[stage])}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={3}>
              {words.both}
            </th>
            <td className="number">{duration(seconds.both)}</td>
          </tr>
        </tfoot>
      </table>
      <p className="hint">
        {bytes > 0 && `${words.memory(formatBytes(bytes))} `}
        {words.basis(group.stepsTimed + finetune.stepsTimed)}
      </p>
    </>
  );
}
