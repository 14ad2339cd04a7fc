import { count } from "../kit/format";

export const dataset = {
  title: "Data set",
  input: "CIFAR-100 archive",
  sample: "Use sample data",
  drop: "Drop the archive anywhere on this page, or choose files.",
  dropHere: "Drop to read the archive",
  accepts: "A .tar.gz or .tar of either kind, or loose train.bin, test.bin and label files.",
  unknown: "Looking for stored data…",
  none: "No data set yet.",
  loading: (file: string) => `Reading ${file}`,
  original: (what: string) => `Verified: ${what}`,
  notOriginal: "Checksum of no published archive",
  counts: (train: number, validation: number, test: number) =>
    `${count(train)} training images, of which ${count(validation)} validate; ${count(test)} test images`,
  classesOf: (classes: number, superclasses: number) => `${count(classes)} classes in ${count(superclasses)} superclasses`,
  splitSeed: (seed: number) => `Validation images chosen with seed ${seed}`,
  content: (hash: string) => `Content SHA-256 ${hash.slice(0, 12)}…, the same for both archive kinds`,
  remove: "Remove data",
  removeTitle: "Remove the stored data set?",
  removeBody:
    "Images and labels leave the page. Runs stay, but need the same data to go on. You can undo this for a day, until you free the space or bring in other data.",
  removed: (source: string | null) => (source === null ? "Damaged data set removed." : `Data set ${source} removed.`),
  images: "Training images",
  imagesOf: "Images of",
  allClasses: "all classes",
  imagesPending: "Loading images…",
  superclassTable: "Images per superclass",
  classTable: "Images per class",
  columns: { superclass: "Superclass", class: "Class", classes: "Classes", train: "Train", test: "Test" },
  where: {
    title: "Where to get CIFAR-100",
    official: "The official page",
    url: "https://www.cs.toronto.edu/~kriz/cifar.html",
    body: "Either file will do; both give the same images. The host is slow: expect minutes to an hour, and let the browser finish before dropping the file here.",
    columns: { file: "File", size: "Size", md5: "MD5" },
    files: [
      { name: "cifar-100-binary.tar.gz", bytes: 168_513_733, md5: "03b5dce01913d631647c71ecec9e9cb8" },
      { name: "cifar-100-python.tar.gz", bytes: 169_001_437, md5: "eb9058c3a382ffc7106e4002c42a8d85" },
    ],
  },
} as const;
