import type { ReactNode } from "react";

interface Props {
  /** What is inside, for who cannot see it. */
  readonly label: string;
  /** Scrolls sideways only, and is as high as its content. */
  readonly across?: boolean;
  /** Higher than most. */
  readonly tall?: boolean;
  readonly children: ReactNode;
}

/** Content that may be larger than its place; the arrow keys scroll it. */
export function Scroll({ label, across = false, tall = false, children }: Props) {
  const kind = across ? " scroll-across" : tall ? " scroll-tall" : "";
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups controls, this groups what is read
    <div className={`scroll${kind}`} role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
