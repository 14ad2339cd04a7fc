import { useEffect, useState } from "react";
import type { HealthView } from "../../protocol/health";
import { listIn } from "../../state/view";
import { Button } from "../kit/controls";
import { Pending } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { Disclosure } from "../kit/view";
import { text } from "../text";
import { healthSections, healthText } from "./health-rows";

/** Between two looks while the panel is open: buffers and speed change with every step. */
const LOOK_EVERY_MS = 2000;
/** In the address while it is open. */
const NAME = "health";

/** What the engine runs on and how it does, asked for while it is open. */
export function HealthPanel() {
  const { send } = useStudio();
  const health = useSelected((state) => state.facts.health);
  const gone = useSelected((state) => state.facts.fatal !== null);
  const open = useSelected((state) => listIn(state.view.open).includes(NAME));
  useEffect(() => {
    if (!open || gone) return;
    const look = (): void => send({ kind: "readHealth" });
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [open, gone, send]);
  return (
    <Disclosure name={NAME} summary={text.health.title}>
      {gone && <p className="wrong">{text.health.gone}</p>}
      {health === null ? !gone && <Pending>{text.health.pending}</Pending> : <HealthFacts health={health} />}
    </Disclosure>
  );
}

export function HealthFacts({ health }: { readonly health: HealthView }) {
  return (
    <>
      <div className="health-sections">
        {healthSections(health).map(({ title, note, rows }) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            {note !== null && <p className="hint">{note}</p>}
            <dl>
              {rows.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <CopyReport health={health} />
    </>
  );
}

/** Copies what is shown; where the browser refuses, shows it as text to be copied by hand. */
function CopyReport({ health }: { readonly health: HealthView }) {
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(healthText(health));
      setOutcome("copied");
    } catch {
      setOutcome("refused");
    }
  };
  const { copied, notCopied, hint } = text.health;
  return (
    <div className="health-copy">
      <Button describedBy="health-copy-hint" onClick={() => void copy()}>
        {text.health.copy}
      </Button>
      <p className="hint" id="health-copy-hint" aria-live="polite">
        {outcome === "copied" ? copied : outcome === "refused" ? notCopied : hint}
      </p>
      {outcome === "refused" && (
        <textarea className="json" rows={12} readOnly aria-label={text.health.report} value={healthText(health)} />
      )}
    </div>
  );
}
