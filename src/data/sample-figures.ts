import { type RandomStream, uniformOf } from "../base/random";
import { IMAGE_CHANNELS, IMAGE_SIZE } from "./dataset";

/** What drawings of sample data are made of: random numbers of one image, colours, and figures on the plane of its pixels. */

/** How much of the figure's colour a pixel takes, 0 .. 1; x and y count pixels. */
export type Figure = (x: number, y: number) => number;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const MIDDLE = (IMAGE_SIZE - 1) / 2;

/** Uniform numbers of one image, in order. */
export class Draws {
  readonly #stream: RandomStream;
  readonly #image: number;
  readonly #part: number;
  #words: ArrayLike<number> = [];
  #used = 0;
  #blocks = 0;

  constructor(stream: RandomStream, image: number, part: number) {
    this.#stream = stream;
    this.#image = image;
    this.#part = part;
  }

  word(): number {
    if (this.#used === this.#words.length) {
      this.#words = this.#stream.words(this.#blocks++, this.#image, this.#part);
      this.#used = 0;
    }
    return this.#words[this.#used++]!;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * uniformOf(this.word());
  }

  /** Triangular about 0, from one word. */
  noise(amplitude: number): number {
    const word = this.word();
    return (amplitude * ((word >>> 16) - (word & 0xffff))) / 0x10000;
  }
}

/** Red, green or blue share, -1 .. 1, of a hue given in turns. */
export function tint(hue: number, channel: number): number {
  return Math.cos(2 * Math.PI * (hue - channel / IMAGE_CHANNELS));
}

/** `angle` in radians, 0 for horizontal stripes; `period` in pixels. */
export function stripes(angle: number, period: number, phase: number): Figure {
  const perPixel = (2 * Math.PI) / period;
  const [along, down] = [Math.sin(angle) * perPixel, Math.cos(angle) * perPixel];
  return (x, y) => 0.5 + 0.5 * Math.sin(along * x + down * y + phase);
}

/** `count` places for spots of that radius, kept apart where there is room. */
export function scattered(count: number, radius: number, draws: Draws): readonly Point[] {
  const centres: Point[] = [];
  for (let tries = 0; centres.length < count; tries++) {
    const centre = { x: draws.between(4, IMAGE_SIZE - 5), y: draws.between(4, IMAGE_SIZE - 5) };
    const apart = centres.every(({ x, y }) => Math.hypot(x - centre.x, y - centre.y) > 2.2 * radius);
    if (apart || tries > 20 * count) centres.push(centre);
  }
  return centres;
}

export function spots(centres: readonly Point[], radius: number): Figure {
  return (x, y) => Math.max(...centres.map((centre) => edge(radius - Math.hypot(x - centre.x, y - centre.y))));
}

export function ring(centre: Point, radius: number, halfWidth: number): Figure {
  return (x, y) => edge(halfWidth - Math.abs(Math.hypot(x - centre.x, y - centre.y) - radius));
}

/** Squares of `size` pixels, the first corner `corner.x`, `corner.y` before the image's. */
export function checks(size: number, corner: Point): Figure {
  return (x, y) => (Math.floor((x + corner.x) / size) + Math.floor((y + corner.y) / size)) % 2;
}

/** 1 well inside, 0 well outside, a ramp of one pixel between; `inside` is the distance to the border. */
function edge(inside: number): number {
  return Math.max(0, Math.min(1, inside + 0.5));
}

/** Turns a figure about the middle of the image. */
export function turned(figure: Figure, angle: number): Figure {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => {
    const [right, down] = [x - MIDDLE, y - MIDDLE];
    return figure(MIDDLE + cos * right - sin * down, MIDDLE + sin * right + cos * down);
  };
}
