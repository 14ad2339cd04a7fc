import type { Activity } from "../../protocol/views";
import { Button } from "../kit/controls";
import { loadNewVersion, useNewVersion } from "../kit/new-version";
import { useSelected } from "../kit/studio";
import { text } from "../text";

/** Says that a newer version of the studio waits; it is loaded when a person asks for it, and only while nothing runs in any tab. */
export function VersionNotice() {
  const newer = useNewVersion();
  const activity = useSelected((state) => state.facts.activity);
  const elsewhere = useSelected((state) => state.facts.elsewhere !== null);
  return newer ? <VersionNoticeView activity={activity} elsewhere={elsewhere} onLoad={loadNewVersion} /> : null;
}

interface Props {
  readonly activity: Activity;
  /** Whether another tab is at work. */
  readonly elsewhere: boolean;
  readonly onLoad: () => void;
}

export function VersionNoticeView({ activity, elsewhere, onLoad }: Props) {
  const quiet = activity.kind === "idle" && !elsewhere;
  return (
    <div className="notice notice-warn" role="note">
      <p className="notice-title">{text.version.title}</p>
      <p>{quiet ? text.version.now : text.version.later}</p>
      {quiet && <Button onClick={onLoad}>{text.version.load}</Button>}
    </div>
  );
}
