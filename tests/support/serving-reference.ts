import { PartSession } from "../../serving/part-session.mjs";
import type { Description } from "../../serving/parts.mjs";
import { type HostTensor, hostTensor, tensorNamed } from "../../src/base/tensor";

/** The parts in this process, one image batch after the other and nothing between them: what workers must equal to the bit. */
export async function answersOfOneProcess(description: Description, images: HostTensor, batch: number): Promise<HostTensor> {
  const loaded = description.parts.map(async (part) => [part.name, await PartSession.load(part)] as const);
  const sessions = new Map(await Promise.all(loaded));
  const count = images.shape[0]!;
  const logits = hostTensor([count, description.classes], new Float32Array(count * description.classes));

  async function descend(name: string, input: HostTensor, row: number): Promise<void> {
    const { part } = sessions.get(name)!;
    const given = await sessions.get(name)!.run(new Map([[part.input.name, input]]));
    if (part.classes === null) {
      for (const child of part.children) {
        await descend(child, tensorNamed(given, sessions.get(child)!.part.input.name), row);
      }
      return;
    }
    const { classes } = part;
    tensorNamed(given, part.outputs[0]!.name).data.forEach((value, index) => {
      const label = classes[index % classes.length]!;
      logits.data[(row + Math.floor(index / classes.length)) * description.classes + label] = value;
    });
  }

  for (let row = 0; row < count; row += batch) {
    await descend(description.parts[0]!.name, imagesFrom(images, row, batch), row);
  }
  return logits;
}

/** `count` images from `start` on, or as many as there are. */
export function imagesFrom({ shape, data }: HostTensor, start: number, count: number): HostTensor {
  const size = data.length / shape[0]!;
  const end = Math.min(start + count, shape[0]!);
  return hostTensor([end - start, ...shape.slice(1)], data.subarray(start * size, end * size));
}

/** Whether both have the same shape and bits: no tolerance, and a difference between 0 and -0 or between two NaN counts. */
export function isSameToTheBit(one: HostTensor, other: HostTensor): boolean {
  const bytes = ({ data }: HostTensor): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return one.shape.join() === other.shape.join() && Buffer.compare(bytes(one), bytes(other)) === 0;
}
