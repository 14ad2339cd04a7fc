import type { DeviceView } from "../../protocol/views";
import { useSelected } from "../kit/studio";
import { text } from "../text";

/** Says plainly, before anything is trained, that the adapter is slow or missing, and what to do. */
export function DeviceNotice() {
  const device = useSelected((state) => state.facts.device);
  return <DeviceNoticeView device={device} />;
}

export function DeviceNoticeView({ device }: { readonly device: DeviceView }) {
  if (device.kind !== "missing" && device.kind !== "software") return null;
  const missing = device.kind === "missing";
  const { title, advice } = missing ? text.device.missingNotice : text.device.softwareNotice;
  const lines = missing ? [device.error.cure, ...advice] : advice;
  return (
    <div className={missing ? "notice notice-bad" : "notice notice-warn"} role={missing ? "alert" : "note"}>
      <p className="notice-title">{title}</p>
      {missing && <p>{device.error.message}</p>}
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}
