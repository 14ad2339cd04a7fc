import { copied, element, textAt } from "./picture-parts";

const TRANSPARENT = "rgba(0, 0, 0, 0)";

/** Boxes, words and drawings within an element of the page as SVG, where they lie and as they look now. */
export function paintedBoxes(whole: HTMLElement): readonly Element[] {
  const origin = whole.getBoundingClientRect();
  const parts: Element[] = [];
  for (const inner of whole.querySelectorAll<HTMLElement | SVGElement>("*")) {
    if (inner instanceof SVGSVGElement) parts.push(placed(inner, origin));
    else if (inner instanceof HTMLElement) parts.push(...box(inner, origin), ...words(inner, origin));
  }
  return parts;
}

function placed(drawing: SVGSVGElement, origin: DOMRect): Element {
  const { x, y, width, height } = drawing.getBoundingClientRect();
  const place = element("g", { transform: `translate(${x - origin.x} ${y - origin.y})` });
  place.append(copied(drawing, width, height));
  return place;
}

function box(inner: HTMLElement, origin: DOMRect): readonly Element[] {
  const { backgroundColor, opacity } = getComputedStyle(inner);
  if (backgroundColor === TRANSPARENT) return [];
  const { x, y, width, height } = inner.getBoundingClientRect();
  return [element("rect", { x: x - origin.x, y: y - origin.y, width, height, rx: 2, fill: backgroundColor, opacity })];
}

/** Text that stands in the element itself, a line each. */
function words(inner: HTMLElement, origin: DOMRect): readonly Element[] {
  const { color, fontFamily, fontSize, fontWeight } = getComputedStyle(inner);
  const type = { fill: color, "font-family": fontFamily, "font-size": fontSize, "font-weight": fontWeight };
  return [...inner.childNodes].flatMap((node) => {
    if (node.nodeType !== Node.TEXT_NODE || node.textContent?.trim() === "") return [];
    const range = document.createRange();
    range.selectNodeContents(node);
    const { x, bottom, height } = range.getBoundingClientRect();
    // Letters stand a fifth of their line above its lower edge.
    return [textAt(node.textContent ?? "", x - origin.x, bottom - origin.y - height / 5, type)];
  });
}
