/** One published file of CIFAR-100 and where it can be had. */
export interface Archive {
  readonly file: string;
  readonly bytes: number;
  readonly md5: string;
  readonly urls: readonly string[];
}

export const ARCHIVE_KINDS = ["binary", "python"] as const;
export type ArchiveKind = (typeof ARCHIVE_KINDS)[number];

const OFFICIAL = ["https://www.cs.toronto.edu/~kriz", "https://cave.cs.toronto.edu/kriz"];
/** Copies of the Python archive, byte for byte; the checksum is verified whatever the address. */
const MIRRORS = ["nakroy/cifar100-python", "xingslong/cifar-100-python", "cnak47/cv-datasets"];

export const ARCHIVES: Readonly<Record<ArchiveKind, Archive>> = {
  binary: {
    file: "cifar-100-binary.tar.gz",
    bytes: 168_513_733,
    md5: "03b5dce01913d631647c71ecec9e9cb8",
    urls: OFFICIAL.map((folder) => `${folder}/cifar-100-binary.tar.gz`),
  },
  python: {
    file: "cifar-100-python.tar.gz",
    bytes: 169_001_437,
    md5: "eb9058c3a382ffc7106e4002c42a8d85",
    urls: [
      ...OFFICIAL.map((folder) => `${folder}/cifar-100-python.tar.gz`),
      ...MIRRORS.map((name) => `https://huggingface.co/datasets/${name}/resolve/main/cifar-100-python.tar.gz`),
    ],
  },
};
