import { type Marker, markerPath, markerStyle } from "./marker";
import { paintedBoxes } from "./picture-boxes";
import { copied, element, SVG, type Type, textAt } from "./picture-parts";
import { wrapped } from "./wrap";

/** What stands around a drawing in a picture of it. */
export interface PictureWords {
  readonly title: string;
  /** A piece of line before each name, or a marker where the chart is of points. */
  readonly legend: readonly {
    readonly name: string;
    readonly colour: string;
    readonly dash?: string | undefined;
    readonly marker?: Marker | undefined;
  }[];
  /** A paragraph each. */
  readonly caption: readonly string[];
  /** Names of the rows of a matrix, which is then drawn large enough for them. */
  readonly rows?: readonly string[] | undefined;
}

const MARGIN = 16;
const LINE = 16;
/** Of a letter of 12 px on average, with room. */
const LETTER = 6.4;
const SMALLEST = 360;

/** A chart, a matrix, or boxes with words that lie over a drawing. */
export type Drawing = SVGSVGElement | HTMLElement;

/** The drawing as it looks now, in its colours of now, with title, legend and caption: an SVG that needs nothing else. */
export function pictureSvg(drawing: Drawing, words: PictureWords): string {
  const { width, height } = sizeOf(drawing, words.rows);
  const gutter = Math.ceil(LETTER * Math.max(0, ...(words.rows ?? []).map((name) => name.length)));
  const whole = Math.max(SMALLEST, Math.ceil(width) + gutter) + 2 * MARGIN;
  const letters = Math.floor((whole - 2 * MARGIN) / LETTER);
  const legend = legendRows(words.legend, letters);
  const caption = words.caption.flatMap((paragraph) => wrapped(paragraph, letters));
  const top = MARGIN + LINE + 4 + legend.length * LINE + 8;
  const bottom = top + height + 12 + caption.length * LINE + MARGIN;
  const page = element("svg", { xmlns: SVG, width: whole, height: bottom, viewBox: `0 0 ${whole} ${bottom}` });
  const { backgroundColor, color, fontFamily } = getComputedStyle(document.body);
  const type = { fill: color, "font-family": fontFamily, "font-size": 12 };
  page.append(element("rect", { width: "100%", height: "100%", fill: backgroundColor }));
  page.append(textAt(words.title, MARGIN, MARGIN + 12, { ...type, "font-size": 15, "font-weight": 600 }));
  page.append(...legend.flatMap((row, line) => legendRow(row, MARGIN + LINE + 4 + line * LINE, type)));
  const place = element("g", { transform: `translate(${MARGIN + gutter} ${top})` });
  place.append(...rowNames(words.rows ?? [], height, type));
  place.append(...drawn(drawing, width, height));
  page.append(place);
  page.append(...caption.map((line, index) => textAt(line, MARGIN, top + height + 24 + index * LINE, type)));
  return new XMLSerializer().serializeToString(page);
}

/** Pixels of a picture for each of the page. */
const SHARPNESS = 2;

/** The same as PNG. */
export async function picturePng(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * SHARPNESS;
    canvas.height = image.naturalHeight * SHARPNESS;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob === null ? reject(new Error("the browser made no PNG of it")) : resolve(blob))),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

function drawn(drawing: Drawing, width: number, height: number): readonly Element[] {
  if (drawing instanceof HTMLCanvasElement) return [matrix(drawing, width, height)];
  return drawing instanceof SVGSVGElement ? [copied(drawing, width, height)] : paintedBoxes(drawing);
}

/** As large as on the page, or larger where the rows need room for their names. */
function sizeOf(drawing: Element, rows: PictureWords["rows"] = []): { readonly width: number; readonly height: number } {
  const { width, height } = drawing.getBoundingClientRect();
  const scale = Math.max(1, (rows.length * ROW) / height);
  return { width: width * scale, height: height * scale };
}

/** Lowest row that a name of 11 px stands beside. */
const ROW = 12;

function rowNames(rows: readonly string[], height: number, type: Type): Element[] {
  const style = { ...type, "font-size": 11, "text-anchor": "end" };
  return rows.map((name, row) => textAt(name, -4, ((row + 0.5) * height) / rows.length + 4, style));
}

/** A matrix of a pixel a cell, its cells sharp, on the ground that it has in the page. */
function matrix(canvas: HTMLCanvasElement, width: number, height: number): Element {
  const framed = element("g", {});
  const { backgroundColor } = getComputedStyle(canvas.parentElement ?? canvas);
  framed.append(element("rect", { width, height, fill: backgroundColor }));
  const shown = { width, height, preserveAspectRatio: "none", "image-rendering": "pixelated" };
  framed.append(element("image", { href: canvas.toDataURL(), ...shown }));
  return framed;
}

type Entry = PictureWords["legend"][number];

/** Letters that the piece of line before a name takes. */
const SAMPLE_LETTERS = 6;

function legendRows(entries: PictureWords["legend"], letters: number): readonly (readonly Entry[])[] {
  const rows: Entry[][] = [];
  let left = 0;
  for (const entry of entries) {
    const taken = entry.name.length + SAMPLE_LETTERS;
    if (taken > left) {
      rows.push([]);
      left = letters;
    }
    rows.at(-1)!.push(entry);
    left -= taken;
  }
  return rows;
}

function legendRow(row: readonly Entry[], top: number, type: Type): Element[] {
  let x = MARGIN;
  return row.flatMap((entry) => {
    const y = top + 8;
    const label = textAt(entry.name, x + 25, y + 4, type);
    const sample = legendSample(entry, x, y);
    x += (entry.name.length + SAMPLE_LETTERS) * LETTER;
    return [sample, label];
  });
}

function legendSample({ colour, dash = "", marker }: Entry, x: number, y: number): Element {
  const now = colourNow(colour);
  if (marker !== undefined) {
    return element("path", { d: markerPath(marker.shape, x + 10, y), ...markerStyle({ ...marker, colour: now }) });
  }
  return element("line", { x1: x, y1: y, x2: x + 20, y2: y, "stroke-width": 2.5, "stroke-dasharray": dash, stroke: now });
}

/** The value of a colour such as `var(--text)` as the page has it now. */
function colourNow(colour: string): string {
  const name = /^var\((--[a-z-]+)\)$/.exec(colour)?.[1];
  if (name === undefined) return colour;
  const probe = document.createElement("span");
  probe.style.color = colour;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
