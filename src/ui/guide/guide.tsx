import X from "lucide-react/icons/x";
import { presetConfig } from "../../model/presets";
import { chapterOf } from "../../state/guide";
import { stageState } from "../../state/stages";
import { Button } from "../kit/controls";
import { jumpToSection } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { text } from "../text";

/** The recipe of the demonstration: minutes on any machine. */
const DEMONSTRATED = "tiny-confusion";

/** Explains in a few sentences what the page shows just now, and starts the demonstration while nothing is there yet. */
export function Guide({ onClose }: { readonly onClose: () => void }) {
  const { store, send } = useStudio();
  const chapter = useSelected((state) => chapterOf(state.facts));
  const startable = useSelected(({ facts }) => {
    const { obstacle } = stageState("group", facts, presetConfig(DEMONSTRATED));
    // Sample data would replace what can still be taken back.
    const keepsRemoved = facts.removed?.some(({ kind }) => kind === "dataset") ?? true;
    return (obstacle === null || obstacle === "noData") && !keepsRemoved;
  });
  if (chapter === null) return null;
  const { title, body, look } = text.guide.chapters[chapter];
  const begin = (): void => {
    store.choosePreset(DEMONSTRATED);
    send({ kind: "demonstrate", config: presetConfig(DEMONSTRATED) });
  };
  return (
    <aside className="guide" aria-label={text.guide.title}>
      <div className="guide-head">
        <h2>{title}</h2>
        <Button kind="quiet" label={text.guide.hide} onClick={onClose}>
          <X aria-hidden="true" />
        </Button>
      </div>
      <p>{body}</p>
      <ul className="guide-look" aria-label={text.guide.look}>
        {chapter === "welcome" && startable && (
          <li>
            <Button kind="primary" onClick={begin}>
              {text.guide.begin}
            </Button>
          </li>
        )}
        {look.map(({ panel, what }) => (
          <li key={panel}>
            <Button kind="quiet" onClick={() => jumpToSection(panel)}>
              {text[panel].title}
            </Button>
            <span className="hint">{what}</span>
          </li>
        ))}
      </ul>
    </aside>
  );
}
