import { ArchiveError } from "../base/errors";
import { readBinaryRecords } from "./binary-records";
import type { ByteReader } from "./byte-reader";
import type { Dataset } from "./dataset";
import { parseLabelFile } from "./labels";
import { parsePythonNames, parsePythonRecords } from "./python-records";
import { checkLabels, type LocatedExamples } from "./records";

const RECORD_FILE_LIMIT_BYTES = 1 << 30;
const NAME_FILE_LIMIT_BYTES = 1 << 20;

/** The files of both layouts. */
const BINARY_FILES = ["train.bin", "test.bin", "fine_label_names.txt", "coarse_label_names.txt"] as const;
const PYTHON_FILES = ["train", "test", "meta"] as const;
type BinaryFile = (typeof BINARY_FILES)[number];
type PythonFile = (typeof PYTHON_FILES)[number];

const COMPLETE_CURE = `Use cifar-100-binary.tar.gz or cifar-100-python.tar.gz, or choose ${BINARY_FILES.join(", ")} together.`;

/** Whether a file of that name (without folders) belongs to a data set. */
export function isMemberName(name: string): boolean {
  return isBinaryFile(name) || isPythonFile(name);
}

/** Collects the files of one data set in any order and puts them together once all are there. */
export class MemberCollector {
  readonly #source: string;
  readonly #prefix: string;
  readonly #examples = new Map<string, LocatedExamples>();
  readonly #names = new Map<string, readonly string[]>();
  readonly #others: string[] = [];

  /** `source` is what errors call the archive or the files, `prefix` what they put before a file's name. */
  constructor(source: string, prefix: string) {
    this.#source = source;
    this.#prefix = prefix;
  }

  /** Reads the next `size` bytes as the file of that name; `capacity` is the most the source can still hold. */
  async read(name: string, size: number, capacity: number, reader: ByteReader): Promise<void> {
    const file = this.#prefix + name;
    if (this.#examples.has(name) || this.#names.has(name)) {
      throw new ArchiveError(
        `${this.#source}: holds two files named ${name}`,
        "Remove one of them, or use the original archive.",
      );
    }
    const limit = Math.min(capacity, isRecordFile(name) ? RECORD_FILE_LIMIT_BYTES : NAME_FILE_LIMIT_BYTES);
    if (size > limit) {
      throw new ArchiveError(`${file}: claims ${size} bytes, where at most ${limit} are possible`, COMPLETE_CURE);
    }
    if (isBinaryFile(name)) await this.#readBinary(name, size, reader, file);
    else if (isPythonFile(name)) this.#parsePython(name, await reader.readWhole(size, file), file);
  }

  /** Remembers a file that is not part of a data set, to be able to say what was found instead. */
  ignore(name: string): void {
    if (this.#others.length < 5) this.#others.push(name);
  }

  /** The data set; throws ArchiveError for a missing file, for two layouts at once and for labels without a name. */
  finish(): Dataset {
    const python = PYTHON_FILES.some((name) => this.#examples.has(name) || this.#names.has(name));
    const binary = BINARY_FILES.some((name) => this.#examples.has(name) || this.#names.has(name));
    if (python && binary) {
      throw new ArchiveError(`${this.#source}: files of the binary and of the python layout at once`, "Choose one of the two.");
    }
    return python ? this.#assemble("train", "test", "meta", "meta coarse") : this.#assemble(...BINARY_FILES);
  }

  async #readBinary(name: BinaryFile, size: number, reader: ByteReader, file: string): Promise<void> {
    if (isRecordFile(name)) this.#examples.set(name, await readBinaryRecords(reader, size, file));
    else this.#names.set(name, parseLabelFile(await reader.readWhole(size, file), file));
  }

  #parsePython(name: PythonFile, bytes: Uint8Array, file: string): void {
    if (isRecordFile(name)) {
      this.#examples.set(name, parsePythonRecords(bytes, file));
      return;
    }
    const { classes, superclasses } = parsePythonNames(bytes, file);
    this.#names.set("meta", classes);
    this.#names.set("meta coarse", superclasses);
  }

  #assemble(trainFile: string, testFile: string, classesFile: string, superclassesFile: string): Dataset {
    const train = this.#examples.get(trainFile);
    const test = this.#examples.get(testFile);
    const classes = this.#names.get(classesFile);
    const superclasses = this.#names.get(superclassesFile);
    if (train === undefined) throw this.#missing(trainFile);
    if (test === undefined) throw this.#missing(testFile);
    if (classes === undefined) throw this.#missing(classesFile);
    if (superclasses === undefined) throw this.#missing(superclassesFile);
    for (const part of [train, test]) {
      checkLabels(part, "fine", classes);
      checkLabels(part, "coarse", superclasses);
    }
    if (train.examples.count < 2) {
      throw new ArchiveError(`${train.file}: 1 training image, but training and validation need one each`, COMPLETE_CURE);
    }
    return { train: train.examples, test: test.examples, classes, superclasses };
  }

  #missing(name: string): ArchiveError {
    const found = [...this.#examples.keys(), ...this.#names.keys(), ...this.#others].slice(0, 8);
    const listing = found.length === 0 ? "it holds no files" : `found: ${found.join(", ")}`;
    return new ArchiveError(`${this.#source}: ${name} is missing (${listing})`, COMPLETE_CURE);
  }
}

function isBinaryFile(name: string): name is BinaryFile {
  return (BINARY_FILES as readonly string[]).includes(name);
}

function isPythonFile(name: string): name is PythonFile {
  return (PYTHON_FILES as readonly string[]).includes(name);
}

function isRecordFile(name: string): boolean {
  return name.startsWith("train") || name.startsWith("test");
}
