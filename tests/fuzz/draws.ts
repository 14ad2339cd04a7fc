import { hashName, integerOf, type RandomStream, randomStream } from "../../src/base/random";

/** The random choices of one input, in the order they are drawn: a function of seed, target and number of the input. */
export class Draws {
  readonly #stream: RandomStream;
  readonly #purpose: number;
  readonly #input: number;
  #block: readonly number[] = [];
  #drawn = 0;

  constructor(seed: number, target: string, input: number) {
    this.#stream = randomStream(seed, "sample");
    this.#purpose = hashName(target);
    this.#input = input;
  }

  /** An integer in [0, bound). */
  below(bound: number): number {
    return integerOf(this.#word(), bound);
  }

  chance(share: number): boolean {
    return this.below(1000) < 1000 * share;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }

  #word(): number {
    if (this.#drawn % 4 === 0) this.#block = this.#stream.words(this.#drawn / 4, this.#input, this.#purpose);
    return this.#block[this.#drawn++ % 4]!;
  }
}
