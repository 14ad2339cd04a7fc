import { useEffect, useRef } from "react";
import { drawImages } from "./thumbnails";

interface Props {
  /** 32 x 32 each, side by side: 4,096 bytes an image. */
  readonly rgba: Uint8ClampedArray;
  /** One for each image. */
  readonly captions: readonly string[];
  readonly label: string;
  /** Where images can be picked: told which one was. */
  readonly onPick?: (index: number) => void;
  readonly picked?: number | null;
}

/** Small images, each with words below it. */
export function CaptionedImages({ rgba, captions, label, onPick, picked = null }: Props) {
  return (
    <ul className="captioned" aria-label={label}>
      {captions.map((caption, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the index is the image
        <li key={index}>
          {onPick === undefined ? (
            <Captioned rgba={rgba} index={index} caption={caption} />
          ) : (
            <button type="button" className="captioned-pick" aria-pressed={picked === index} onClick={() => onPick(index)}>
              <Captioned rgba={rgba} index={index} caption={caption} />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

interface PictureProps {
  readonly rgba: Uint8ClampedArray;
  readonly index: number;
  readonly caption: string;
}

function Captioned({ rgba, index, caption }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => drawImages(canvas.current, { rgba, first: index, count: 1, columns: 1 }), [rgba, index]);
  return (
    <>
      <canvas ref={canvas} role="img" aria-label={caption} />
      <span aria-hidden="true">{caption}</span>
    </>
  );
}
