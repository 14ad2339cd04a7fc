import { useSelected } from "../kit/studio";
import { Thumbnails } from "../kit/thumbnails";
import { text } from "../text";

/** The test images of the cell that was picked. */
export function ConfusedImages({ classes }: { readonly classes: readonly string[] }) {
  const confused = useSelected((state) => state.facts.open?.confused ?? null);
  if (confused === null) return null;
  const { truth, predicted, network, total, shown, rgba } = confused;
  const words = text.results.cell(classes[truth] ?? "", classes[predicted] ?? "", total);
  const caption = text.results.confused(words, text.results[network], shown, total);
  return (
    <div className="confused" aria-live="polite">
      {shown === 0 ? (
        <p className="hint">{caption}</p>
      ) : (
        <Thumbnails rgba={rgba} count={shown} label={caption} describe={() => caption} />
      )}
    </div>
  );
}
