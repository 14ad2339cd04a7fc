import { useEffect, useId, useRef } from "react";
import type { DatasetView } from "../../protocol/views";
import { CaptionedImages } from "../kit/captioned-images";
import { Button } from "../kit/controls";
import { count } from "../kit/format";
import { Pending } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { useViewed } from "../kit/view";
import { text } from "../text";
import { ExplorerControls } from "./explorer-controls";
import { FIRST_LEAF, type Leaf, leafOf, leafText, pickedOf, pickedText } from "./explorer-view";
import { PartCounts } from "./part-counts";
import { Preview } from "./preview";

const PAGE = 48;

/** A button that opens all images of the data set in a dialog: choose, sort, leaf through, look closely. */
export function Explorer({ dataset }: { readonly dataset: DatasetView }) {
  const { send } = useStudio();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [viewed, look] = useViewed("explorer");
  const leaf = leafOf(viewed, dataset);
  const isOpen = leaf !== null;
  // Also where it was open before a reload.
  useEffect(() => {
    if (isOpen && dialog.current?.open === false) dialog.current.showModal();
  }, [isOpen]);
  useEffect(() => {
    const wanted = leafOf(viewed, dataset);
    if (wanted !== null) send({ kind: "loadExamples", ...wanted, count: PAGE });
  }, [send, viewed, dataset]);
  const turnTo = (next: Leaf): void => look(leafText(next));
  const { explorer } = text.dataset;
  return (
    <>
      <Button onClick={() => turnTo(FIRST_LEAF)}>{explorer.open}</Button>
      <dialog ref={dialog} className="dialog explorer" aria-labelledby={titleId} onClose={() => look(null)}>
        <div className="row row-spread">
          <h2 id={titleId}>{explorer.title}</h2>
          <Button onClick={() => dialog.current?.close()}>{explorer.close}</Button>
        </div>
        {isOpen && (
          <>
            <ExplorerControls dataset={dataset} choice={leaf.choice} onChoice={(choice) => turnTo({ choice, offset: 0 })} />
            <Examples dataset={dataset} onPage={(offset) => turnTo({ ...leaf, offset })} />
          </>
        )}
      </dialog>
    </>
  );
}

interface ExamplesProps {
  readonly dataset: DatasetView;
  readonly onPage: (offset: number) => void;
}

function Examples({ dataset, onPage }: ExamplesProps) {
  const examples = useSelected((state) => state.facts.examples);
  const [viewed, look] = useViewed("picked");
  const picked = pickedOf(viewed);
  const { explorer } = text.dataset;
  if (examples === null) return <Pending>{text.dataset.imagesPending}</Pending>;
  const { choice, offset, total, images, rgba, perClass } = examples;
  const place = images.findIndex(({ index }) => index === picked?.index && choice.part === picked.part);
  const shown = explorer.shown(explorer.parts[choice.part], offset + 1, offset + images.length, total);
  return (
    <>
      <div className="row row-spread">
        <p className="hint" aria-live="polite">
          {images.length === 0 ? explorer.nothing : shown}
        </p>
        <div className="row">
          <Button disabled={offset === 0} onClick={() => onPage(Math.max(0, offset - PAGE))}>
            {explorer.previous}
          </Button>
          <Button disabled={offset + images.length >= total} onClick={() => onPage(offset + PAGE)}>
            {explorer.next}
          </Button>
        </div>
      </div>
      <CaptionedImages
        rgba={rgba}
        label={shown}
        captions={images.map(({ label }) => dataset.classes[label] ?? count(label))}
        picked={place < 0 ? null : place}
        onPick={(index) => look(pickedText({ part: choice.part, index: images[index]!.index }))}
      />
      {picked === null ? (
        <p className="hint">{explorer.pick}</p>
      ) : (
        <Preview key={`${picked.part} ${picked.index}`} {...picked} classes={dataset.classes} />
      )}
      <PartCounts dataset={dataset} perClass={perClass} />
    </>
  );
}
