import type { DeviceView } from "../../protocol/views";
import { useSelected } from "../kit/studio";
import { text } from "../text";
import { DeviceMissing } from "./device-missing";

/** Says plainly that the adapter is slow or missing, before anything is trained, or that it got our kernels wrong; and what to do. */
export function DeviceNotice() {
  const device = useSelected((state) => state.facts.device);
  return <DeviceNoticeView device={device} />;
}

export function DeviceNoticeView({ device }: { readonly device: DeviceView }) {
  if (device.kind === "probing") return null;
  if (device.kind === "missing") return <DeviceMissing device={device} />;
  const { softwareNotice, stockNotice } = text.device;
  const { kernels } = device;
  return (
    <>
      {device.kind === "software" && <NoticeBox title={softwareNotice.title} advice={softwareNotice.advice} />}
      {kernels.kind === "stock" && (
        <NoticeBox title={stockNotice.title} cause={stockNotice.reason(kernels.reason)} advice={stockNotice.advice} />
      )}
    </>
  );
}

interface NoticeBoxProps {
  readonly title: string;
  readonly cause?: string;
  readonly advice: readonly string[];
}

function NoticeBox({ title, cause, advice }: NoticeBoxProps) {
  return (
    <div className="notice notice-warn" role="note">
      <p className="notice-title">{title}</p>
      {cause !== undefined && <p>{cause}</p>}
      <ul>
        {advice.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}
