import { filled } from "../../../src/base/tensor";
import { portableTensors } from "../../../src/export/portable";
import { readPortable } from "../../../src/export/portable-import";
import { encodeSafetensors } from "../../../src/export/safetensors";
import { exampleNetwork } from "../../../src/export/testing";
import { type Attempt, hold, type Target } from "../target";
import { fileMutant } from "./tensors";

const { network } = exampleNetwork({ grouping: "2-2-2", blockOrder: "pre-activation", sizes: "uneven", classes: 6 });
const metadata = { class_order: JSON.stringify(network.classOrder) };
const weights = portableTensors(network);
const exported = encodeSafetensors(weights, metadata);

/** What is accepted is the whole network, and comes back to the bit when exported again. */
function read(bytes: Uint8Array): Attempt {
  return () => {
    const tensors = readPortable(bytes, network);
    const again = readPortable(encodeSafetensors(portableTensors({ spec: network.spec, ...tensors }), metadata), network);
    for (const kind of ["parameters", "statistics"] as const) {
      hold(tensors[kind].size === network[kind].size, "that the network is whole");
      for (const [name, { data }] of tensors[kind])
        hold(Buffer.compare(bytesOf(again[kind].get(name)!.data), bytesOf(data)) === 0, "that a tensor comes back");
    }
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

export const portableTarget: Target = {
  name: "weights under PyTorch's names",
  mutant: (draws) => read(fileMutant(exported, draws)),
  bombs: {
    "a tensor more, of a name of 1 MB": () =>
      read(encodeSafetensors(new Map([...weights, ["n".repeat(1_000_000), filled([0], 0)]]), {})),
    "a shape of 100,000 sizes": () => {
      const long = { shape: new Array<number>(100_000).fill(1), data: new Float32Array(1) };
      return read(encodeSafetensors(new Map([...weights, ["init_conv.weight", long]]), {}));
    },
    "a class order of 1 MB": () => read(encodeSafetensors(weights, { class_order: "[".repeat(1_000_000) })),
  },
};
