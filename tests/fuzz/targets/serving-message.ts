import { MessageError } from "../../../serving/errors.mjs";
import { decode, encode, sizeOf } from "../../../serving/tensors.mjs";
import { ShapeError } from "../../../src/base/errors";
import { type Attempt, hold, type Target } from "../target";
import { fileMutant, small, tensorFile } from "./tensors";

/** What a worker or a caller is sent by whoever reaches the server. */
export const servingMessageTarget: Target = {
  name: "message of the serving programs",
  mutant: (draws) => read(fileMutant(small, draws)),
  bombs: {
    "a header of 2^64 bytes": () => read(new Uint8Array(16).fill(0xff)),
    "a tensor of 2^53 values": () => read(tensorFile(`{"a":${entry(2 ** 51, 2 ** 53)}}`, new Uint8Array(8))),
    "ten thousand tensors over the same megabyte": () => read(tensorFile(sharing(10_000, 250_000), new Uint8Array(1_000_000))),
    "lists within lists": () => read(tensorFile(`{"a":${"[".repeat(400_000)}`, new Uint8Array(0))),
  },
};

const entry = (values: number, end: number): string => `{"dtype":"F32","shape":[${values}],"data_offsets":[0,${end}]}`;

function sharing(tensors: number, values: number): string {
  return `{${Array.from({ length: tensors }, (_, index) => `"${index}":${entry(values, 4 * values)}`).join()}}`;
}

/** What is accepted has the sizes it claims, and comes back when written and read again. */
function read(bytes: Uint8Array): Attempt {
  return () => {
    try {
      const { tensors, notes } = decode(bytes);
      for (const { shape, data } of tensors.values())
        hold(sizeOf(shape) === data.length, "that a tensor has the size of its shape");
      hold(decode(encode(tensors, notes)).tensors.size === tensors.size, "that as many tensors come back");
    } catch (error) {
      // The programs stand alone, and so have errors of their own.
      if (!(error instanceof MessageError)) throw error;
      throw new ShapeError(error.message, error.cure, { cause: error });
    }
  };
}
