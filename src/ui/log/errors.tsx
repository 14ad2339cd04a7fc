import Download from "lucide-react/icons/download";
import { Button } from "../kit/controls";
import { useObjectUrl } from "../kit/hooks";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";

/** Older failures stand in the event log. */
const SHOWN = 3;

/** Failures with cause and cure, until they are dismissed. */
export function Errors() {
  const { store } = useStudio();
  const failures = useSelected((state) => state.facts.failures);
  const fatal = useSelected((state) => state.facts.fatal);
  return (
    <div className="errors" role="alert">
      {fatal !== null && (
        <div className="notice notice-bad">
          <p className="notice-title">{text.log.fatal}</p>
          <p>{fatal.message}</p>
          <p>{fatal.cure}</p>
          <Button onClick={() => location.reload()}>{text.log.reload}</Button>
        </div>
      )}
      <Unsaved />
      {failures.slice(0, SHOWN).map(({ id, error }) => (
        <div key={id} className="notice notice-bad">
          <p className="notice-title">{error.message}</p>
          <p>{error.cure}</p>
          <Button kind="quiet" onClick={() => store.dismiss(id)}>
            {text.log.dismiss}
          </Button>
        </div>
      ))}
    </div>
  );
}

/** Stands until storage works again, with the checkpoint that it refused. */
function Unsaved() {
  const unsaved = useSelected((state) => state.facts.open?.unsaved ?? null);
  const url = useObjectUrl(unsaved?.refused?.file ?? null);
  if (unsaved === null) return null;
  return (
    <div className="notice notice-bad">
      <p className="notice-title">{text.log.unsaved}</p>
      <p>{unsaved.error.message}</p>
      <p>{unsaved.error.cure}</p>
      {unsaved.refused !== null && (
        <a className="button" download={unsaved.refused.fileName} href={url ?? undefined}>
          <Download aria-hidden="true" />
          {text.log.keep(unsaved.refused.fileName)}
        </a>
      )}
    </div>
  );
}
