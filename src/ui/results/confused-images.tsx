import { CaptionedImages } from "../kit/captioned-images";
import { useSelected } from "../kit/studio";
import { text } from "../text";
import { verdictText } from "./verdict-text";

/** The test images of the cell that was picked. */
export function ConfusedImages({ classes }: { readonly classes: readonly string[] }) {
  const confused = useSelected((state) => state.facts.open?.confused ?? null);
  if (confused === null) return null;
  const { truth, predicted, network, total, verdicts, rgba } = confused;
  const words = text.results.cell(classes[truth] ?? "", classes[predicted] ?? "", total);
  const caption = text.results.confused(words, text.results[network], verdicts.length, total);
  return (
    <div className="confused" aria-live="polite">
      <p className="strong">{caption}</p>
      {verdicts.some(({ scores }) => scores === null) && <p className="hint">{text.results.noScores}</p>}
      {verdicts.length > 0 && (
        <CaptionedImages rgba={rgba} label={caption} captions={verdicts.map((verdict) => verdictText(verdict, classes))} />
      )}
    </div>
  );
}
