import { md5 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "../base/bytes";

/** Published checksums of one file; `bytes` and `sha256` are null where nobody published them. */
export interface PublishedFile {
  readonly file: string;
  readonly bytes: number | null;
  readonly md5: string;
  readonly sha256: string | null;
}

/** What `original` says once every listed file was recognised. */
export interface PublishedSet {
  readonly title: string;
  readonly files: readonly PublishedFile[];
}

/** CIFAR-100 as its authors and the libraries that download it publish it. */
export const PUBLISHED: readonly PublishedSet[] = [
  {
    title: "the original cifar-100-python.tar.gz",
    files: [
      {
        file: "cifar-100-python.tar.gz",
        bytes: 169_001_437,
        md5: "eb9058c3a382ffc7106e4002c42a8d85",
        sha256: "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
      },
    ],
  },
  {
    title: "the original cifar-100-binary.tar.gz",
    files: [{ file: "cifar-100-binary.tar.gz", bytes: 168_513_733, md5: "03b5dce01913d631647c71ecec9e9cb8", sha256: null }],
  },
  {
    title: "train.bin and test.bin of the original cifar-100-binary.tar.gz",
    files: [
      { file: "train.bin", bytes: 153_700_000, md5: "6172c7755cfe09b2fe270c85cebc1b15", sha256: null },
      { file: "test.bin", bytes: 30_740_000, md5: "4499cfba6c016c1be1438163640a0898", sha256: null },
    ],
  },
  {
    title: "train, test and meta of the original cifar-100-python.tar.gz",
    files: [
      { file: "train", bytes: null, md5: "16019d7e3df5f24257cddd939b257f8d", sha256: null },
      { file: "test", bytes: null, md5: "f0ef6b0ae62326f3e7ffdfab6717acfc", sha256: null },
      { file: "meta", bytes: null, md5: "7973b15100ade9c7d40fb424638fde48", sha256: null },
    ],
  },
];

/** Recognises published files by their checksums while they stream by; a name counts only where no length was published. */
export class OriginalDetector {
  readonly #published: readonly PublishedSet[];
  readonly #found = new Set<PublishedFile>();

  constructor(published: readonly PublishedSet[]) {
    this.#published = published;
  }

  /** Something to hand the bytes of a file to, or null where it cannot be a published one (hashing is not free). */
  watch(name: string, bytes: number): FileWatch | null {
    const candidates = this.#published
      .flatMap((set) => set.files)
      .filter((file) => (file.bytes === null ? file.file === name : file.bytes === bytes));
    return candidates.length === 0 ? null : new FileWatch(candidates, (file) => this.#found.add(file));
  }

  /** The title of the first set of which every file was seen. */
  get original(): string | null {
    return this.#published.find((set) => set.files.every((file) => this.#found.has(file)))?.title ?? null;
  }
}

/** Checksums of one file as it streams by. */
export class FileWatch {
  readonly #candidates: readonly PublishedFile[];
  readonly #onFound: (file: PublishedFile) => void;
  readonly #md5 = md5.create();
  readonly #sha256 = sha256.create();

  constructor(candidates: readonly PublishedFile[], onFound: (file: PublishedFile) => void) {
    this.#candidates = candidates;
    this.#onFound = onFound;
  }

  update(bytes: Uint8Array): void {
    this.#md5.update(bytes);
    if (this.#needsSha256) this.#sha256.update(bytes);
  }

  /** All bytes were seen. */
  finish(): void {
    const md5Sum = toHex(this.#md5.digest());
    const sha256Sum = this.#needsSha256 ? toHex(this.#sha256.digest()) : null;
    const found = this.#candidates.find((file) => file.md5 === md5Sum && (file.sha256 === null || file.sha256 === sha256Sum));
    if (found !== undefined) this.#onFound(found);
  }

  get #needsSha256(): boolean {
    return this.#candidates.some((file) => file.sha256 !== null);
  }
}
