import { Button } from "../kit/controls";
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
