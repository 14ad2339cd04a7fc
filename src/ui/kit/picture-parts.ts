/** Attributes of a part of a picture. */
export type Type = Readonly<Record<string, string | number>>;

/** Properties that style sheets give to what is drawn here, and that a picture must bring along. */
const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "vector-effect",
] as const;

export const SVG = "http://www.w3.org/2000/svg";

let inert: Document | undefined;

/** Where pictures are put together: nothing in it is loaded, or measured against the page's policy. */
function workshop(): Document {
  inert ??= document.implementation.createDocument(SVG, "svg");
  return inert;
}

export function element(name: string, attributes: Type): Element {
  const created = workshop().createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, String(value));
  return created;
}

export function textAt(words: string, x: number, y: number, type: Type): Element {
  const label = element("text", { x, y, ...type });
  label.textContent = words;
  return label;
}

/** A copy that looks the same without the page's style sheets. */
export function copied(drawing: SVGSVGElement, width: number, height: number): Element {
  const copy = drawing.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) throw new TypeError("a copy of a drawing is one");
  const originals = [drawing, ...drawing.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((target, index) => {
    const style = getComputedStyle(originals[index]!);
    for (const name of STYLES) target.setAttribute(name, style.getPropertyValue(name));
    target.removeAttribute("class");
    target.removeAttribute("style");
  });
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  return copy;
}
