import type { Notice } from "../../state/facts";
import { clock } from "../kit/format";
import { Empty } from "../kit/section";
import { useSelected } from "../kit/studio";
import { Disclosure } from "../kit/view";
import { text } from "../text";
import { noticeText } from "./notice-text";

/** Everything worth a line, newest first. */
export function EventLog() {
  const notices = useSelected((state) => state.facts.notices);
  return (
    <Disclosure name="log" summary={text.log.title}>
      {notices.length === 0 ? <Empty>{text.log.none}</Empty> : <Lines notices={notices} />}
    </Disclosure>
  );
}

function Lines({ notices }: { readonly notices: readonly Notice[] }) {
  return (
    <ol className="log-lines">
      {[...notices].reverse().map(({ id, time, what }) => (
        <li key={id} className={what.kind === "failed" ? "is-bad" : ""}>
          <time dateTime={new Date(time).toISOString()}>{clock(time)}</time> {noticeText(what)}
        </li>
      ))}
    </ol>
  );
}

/** The one place where state changes are announced; checkpoints are logged but not read out. */
export function Status() {
  const notices = useSelected((state) => state.facts.notices);
  const latest = notices.findLast(({ what }) => what.kind !== "checkpoint")?.what;
  return (
    <p className="status" role="status">
      {latest === undefined ? "" : latest.kind === "failed" ? text.log.failed : noticeText(latest)}
    </p>
  );
}
