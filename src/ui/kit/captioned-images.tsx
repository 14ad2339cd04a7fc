import { useEffect, useRef } from "react";
import { drawImages } from "./thumbnails";

interface Props {
  /** 32 x 32 each, side by side: 4,096 bytes an image. */
  readonly rgba: Uint8ClampedArray;
  /** One for each image. */
  readonly captions: readonly string[];
  readonly label: string;
}

/** Small images, each with words below it. */
export function CaptionedImages({ rgba, captions, label }: Props) {
  return (
    <ul className="captioned" aria-label={label}>
      {captions.map((caption, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the index is the image
        <li key={index}>
          <Picture rgba={rgba} index={index} caption={caption} />
          <span aria-hidden="true">{caption}</span>
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

function Picture({ rgba, index, caption }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => drawImages(canvas.current, { rgba, first: index, count: 1, columns: 1 }), [rgba, index]);
  return <canvas ref={canvas} role="img" aria-label={caption} />;
}
