import Cpu from "lucide-react/icons/cpu";
import TriangleAlert from "lucide-react/icons/triangle-alert";
import type { ReactNode } from "react";
import { formatBytes } from "../../base/bytes";
import type { DeviceView } from "../../protocol/views";
import { useSelected } from "../kit/studio";
import { text } from "../text";
import { ThemeSelect } from "./theme";

/** Name, device and colours, with what else the page puts there. */
export function Header({ children }: { readonly children?: ReactNode }) {
  const device = useSelected((state) => state.facts.device);
  return (
    <header className="header">
      <Mark />
      <div className="header-name">
        <h1>{text.name}</h1>
        <p>{text.tagline}</p>
      </div>
      <DeviceBadge device={device} />
      {children}
      <ThemeSelect />
    </header>
  );
}

/** The adapter in a few words; details on hover and in the title. */
export function DeviceBadge({ device }: { readonly device: DeviceView }) {
  if (device.kind === "probing") return <span className="badge badge-pending">{text.device.probing}</span>;
  if (device.kind === "missing") {
    return (
      <span className="badge badge-bad">
        <TriangleAlert aria-hidden="true" />
        {text.device.missing}
      </span>
    );
  }
  const software = device.kind === "software";
  const details = [
    `${text.device.features}: ${device.features.join(", ") || "–"}`,
    `${text.device.buffer}: ${formatBytes(device.maxBufferBytes)}`,
    `${text.device.kernels.title}: ${text.device.kernels[device.kernels.kind]}`,
  ].join("\n");
  return (
    <span className={software ? "badge badge-warn" : "badge badge-good"} title={details}>
      {software ? <TriangleAlert aria-hidden="true" /> : <Cpu aria-hidden="true" />}
      <span>
        {software ? text.device.software : text.device.hardware}
        {": "}
        <span className="badge-detail">{device.description}</span>
      </span>
    </span>
  );
}

/** The product's mark: a trunk that divides. */
function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M3 16h8c6 0 5-9 11-9h7M11 16c6 0 5 9 11 9h7" fill="none" strokeWidth="4" strokeLinecap="round" />
    </svg>
  );
}
