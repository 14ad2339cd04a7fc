import { philox4x32, type Words2, type Words4 } from "./philox";

/** One stream per use, so that adding draws to one use never shifts another. */
export type StreamName = "split" | "init" | "order" | "augment" | "dropout" | "sample" | "permutation" | "groups";

/** FNV-1a, 32 bits: turns names into counter words. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}

/**
 * A stateless source of random words: `words(index, b, c, d)` is a pure function of seed, stream name and the four counter words.
 * By convention `index` counts elements in blocks of four, `b` is a step or epoch, `c` a layer or purpose, `d` is free.
 */
export interface RandomStream {
  readonly key: Words2;
  words(index: number, b?: number, c?: number, d?: number): Words4;
}

/** The stream of that name for a seed (0 .. 2^32 - 1). */
export function randomStream(seed: number, name: StreamName): RandomStream {
  const key: Words2 = [seed >>> 0, hashName(name)];
  return {
    key,
    words: (index, b = 0, c = 0, d = 0) => philox4x32([index >>> 0, b >>> 0, c >>> 0, d >>> 0], key),
  };
}

/** A word as a number in [0, 1) with 24 random bits, exact in float32: the same value a shader gets. */
export function uniformOf(word: number): number {
  return (word >>> 8) / 0x1000000;
}

/** A word as an integer in [0, bound); the bias is below bound / 2^32. */
export function integerOf(word: number, bound: number): number {
  return Math.floor((word / 0x100000000) * bound);
}

/** `count` samples of N(0, deviation^2) by Box and Muller (1958); `substream` separates arrays of one stream. */
export function normals(stream: RandomStream, count: number, deviation: number, substream: number): Float32Array {
  const out = new Float32Array(count);
  for (let i = 0; i < count; i += 4) {
    const words = stream.words(i >>> 2, 0, substream);
    for (let pair = 0; pair < 4; pair += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - uniformOf(words[pair] as number)));
      const angle = 2 * Math.PI * uniformOf(words[pair + 1] as number);
      if (i + pair < count) out[i + pair] = deviation * radius * Math.cos(angle);
      if (i + pair + 1 < count) out[i + pair + 1] = deviation * radius * Math.sin(angle);
    }
  }
  return out;
}

/** A permutation of 0 .. count-1 (Fisher and Yates); `round` separates shuffles of one stream, such as epochs. */
export function permutation(stream: RandomStream, count: number, round: number): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = integerOf(stream.words(i, round)[0], i + 1);
    const swapped = order[i] as number;
    order[i] = order[j] as number;
    order[j] = swapped;
  }
  return order;
}
