import { gzipSync } from "fflate";
import { RECORD_BYTES } from "./binary-records";
import { type Dataset, type Examples, IMAGE_BYTES } from "./dataset";
import { writeTar } from "./tar-writer";

const FOLDER = "cifar-100-binary";

/**
 * A .tar.gz of the layout of cifar-100-binary.tar.gz. Carries no time: equal data, equal bytes. What is said `about` it lies in a
 * readme.txt, for people: imports pass it over.
 */
export async function binaryArchive(dataset: Dataset, about: string | null = null): Promise<Uint8Array> {
  const readme = about === null ? [] : [{ path: "readme.txt", bytes: new TextEncoder().encode(about) }];
  const files = [...binaryFiles(dataset), ...readme].map(({ path, bytes }) => ({ path: `${FOLDER}/${path}`, bytes }));
  return gzipSync(writeTar(files), { mtime: 0 });
}

/** The four files of the binary layout. */
export function binaryFiles({ train, test, classes, superclasses }: Dataset): readonly { path: string; bytes: Uint8Array }[] {
  return [
    { path: "train.bin", bytes: records(train) },
    { path: "test.bin", bytes: records(test) },
    { path: "fine_label_names.txt", bytes: lines(classes) },
    { path: "coarse_label_names.txt", bytes: lines(superclasses) },
  ];
}

function records({ count, images, fine, coarse }: Examples): Uint8Array {
  const bytes = new Uint8Array(count * RECORD_BYTES);
  for (let index = 0; index < count; index++) {
    const start = index * RECORD_BYTES;
    bytes[start] = coarse[index]!;
    bytes[start + 1] = fine[index]!;
    bytes.set(images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES), start + 2);
  }
  return bytes;
}

function lines(names: readonly string[]): Uint8Array {
  return new TextEncoder().encode(names.map((name) => `${name}\n`).join(""));
}
