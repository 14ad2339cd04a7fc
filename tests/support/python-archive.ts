import { gzipSync } from "fflate";
import { concatBytes } from "../../src/base/bytes";
import { type Dataset, type Examples, IMAGE_BYTES } from "../../src/data/dataset";
import { writeTar } from "../../src/data/tar-writer";

/** A .tar.gz of the layout of cifar-100-python.tar.gz, pickled as Python 2's cPickle and numpy 1 did at protocol 2. */
export async function pythonArchive(dataset: Dataset): Promise<Uint8Array> {
  const files = pythonFiles(dataset).map(({ path, bytes }) => ({ path: `cifar-100-python/${path}`, bytes }));
  return gzipSync(writeTar(files), { mtime: 0 });
}

/** The three pickles, in the order of the original archive. */
export function pythonFiles({ train, test, classes, superclasses }: Dataset): { path: string; bytes: Uint8Array }[] {
  return [
    { path: "meta", bytes: metaPickle(classes, superclasses) },
    { path: "test", bytes: examplesPickle(test, "testing batch 1 of 1") },
    { path: "train", bytes: examplesPickle(train, "training batch 1 of 1") },
  ];
}

function metaPickle(classes: readonly string[], superclasses: readonly string[]): Uint8Array {
  return new Pickler().dict([
    ["fine_label_names", (p) => p.list(classes, (name) => p.text(name))],
    ["coarse_label_names", (p) => p.list(superclasses, (name) => p.text(name))],
  ]);
}

function examplesPickle({ count, images, fine, coarse }: Examples, batchLabel: string): Uint8Array {
  const names = Array.from(fine, (label, index) => `drawing_${label}_s_${String(index).padStart(6, "0")}.png`);
  return new Pickler().dict([
    ["filenames", (p) => p.list(names, (name) => p.text(name))],
    ["batch_label", (p) => p.text(batchLabel)],
    ["fine_labels", (p) => p.list(fine, (label) => p.integer(label))],
    ["coarse_labels", (p) => p.list(coarse, (label) => p.integer(label))],
    ["data", (p) => p.byteArray(count, IMAGE_BYTES, images)],
  ]);
}

/** cPickle appends to lists and dictionaries in batches of this size. */
const BATCH = 1000;

/** Writes the opcodes of Python 2's cPickle, protocol 2: every container and string is put into the memo. */
class Pickler {
  readonly #parts: Uint8Array[] = [];
  #memo = 0;

  dict(entries: readonly (readonly [key: string, write: (pickler: Pickler) => void])[]): Uint8Array {
    this.#put(0x80, 2);
    this.#put("}").#remember().#put("(");
    for (const [key, write] of entries) {
      this.text(key);
      write(this);
    }
    this.#put("u.");
    return concatBytes(this.#parts);
  }

  list<T>(items: ArrayLike<T>, write: (item: T) => void): void {
    this.#put("]").#remember();
    for (let start = 0; start < items.length; start += BATCH) {
      const end = Math.min(items.length, start + BATCH);
      if (end - start > 1) this.#put("(");
      for (let i = start; i < end; i++) write(items[i] as T);
      this.#put(end - start > 1 ? "e" : "a");
    }
  }

  /** SHORT_BINSTRING */
  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.#put("U", bytes.length).#bytes(bytes).#remember();
  }

  /** BININT1, BININT2 or BININT. */
  integer(value: number): void {
    if (value >= 0 && value < 0x100) this.#put("K", value);
    else if (value >= 0 && value < 0x10000) this.#put("M", value & 0xff, value >>> 8);
    else this.#put("J").#int32(value);
  }

  /** numpy.ndarray.__reduce__: (_reconstruct, (ndarray, (0,), 'b'), state). */
  byteArray(rows: number, columns: number, bytes: Uint8Array): void {
    this.#put("cnumpy.core.multiarray\n_reconstruct\n").#remember();
    this.#put("cnumpy\nndarray\n").#remember();
    this.#put("K", 0, 0x85).#remember();
    this.text("b");
    this.#put(0x87).#remember().#put("R").#remember();
    this.#put("(K", 1);
    this.integer(rows);
    this.integer(columns);
    this.#put(0x86).#remember();
    this.#byteType();
    this.#put(0x89, "T").#int32(bytes.length).#bytes(bytes).#remember();
    this.#put("t").#remember().#put("b");
  }

  /** numpy.dtype('u1'): (dtype, ('u1', 0, 1), (3, '|', None, None, None, -1, -1, 0)). */
  #byteType(): void {
    this.#put("cnumpy\ndtype\n").#remember();
    this.text("u1");
    this.#put("K", 0, "K", 1, 0x87).#remember().#put("R").#remember();
    this.#put("(K", 3);
    this.text("|");
    this.#put("NNNJ").#int32(-1).#put("J").#int32(-1).#put("K", 0, "t").#remember().#put("b");
  }

  #put(...opcodes: (string | number)[]): this {
    for (const opcode of opcodes) {
      this.#bytes(typeof opcode === "number" ? Uint8Array.of(opcode) : new TextEncoder().encode(opcode));
    }
    return this;
  }

  /** BINPUT or LONG_BINPUT. */
  #remember(): this {
    const key = this.#memo++;
    return key < 256 ? this.#put("q", key) : this.#put("r").#int32(key);
  }

  #int32(value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setInt32(0, value, true);
    return this.#bytes(bytes);
  }

  #bytes(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    return this;
  }
}
