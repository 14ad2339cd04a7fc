import { expect, test } from "vitest";
import { hostTensor } from "../base/tensor";
import { encodeSafetensors } from "../export/safetensors";
import type { ExportFile } from "../export/zip";
import type { VerificationMessage } from "../verify/messages";
import type { Programs } from "../verify/verify-bundle";
import { verifyService } from "../verify/verify-service";
import { type VerifyLink, verifyOver } from "./verify-in-worker";

const IMAGES = hostTensor([2, 1], Float32Array.of(3, 5));
const LOGITS = hostTensor([2, 2], Float32Array.of(4, 6, 8, 10));
const quietly = { onProgress: () => undefined };

/** Programs whose graphs are the logits that they give, one byte each. */
const programs: Programs = {
  onnx: {
    version: "1",
    load: async (bytes) => ({
      run: async () => new Map([["logits", hostTensor(LOGITS.shape, Float32Array.from(bytes))]]),
      release: async () => undefined,
    }),
  },
  tfjs: { version: "2", run: async () => LOGITS },
};

/** The other side in this thread; messages are cloned as between threads. */
function linked(tamper: (message: VerificationMessage) => VerificationMessage = (message) => message) {
  let tell: (data: VerificationMessage) => void = () => undefined;
  let fail: (message: string) => void = () => undefined;
  let ended = false;
  const receive = verifyService(programs, (message) => {
    const data = structuredClone(tamper(message));
    queueMicrotask(() => tell(data));
  });
  const link: VerifyLink = {
    postMessage: (message, transfer) => receive(structuredClone(message, { transfer })),
    addEventListener: (type: string, listener: (event: never) => void) => {
      const call: (event: object) => void = (event) => Reflect.apply(listener, undefined, [event]);
      if (type === "message") tell = (data) => call({ data });
      else fail = (message) => call({ message });
    },
    terminate: () => {
      ended = true;
    },
  };
  return { link, fail: (message: string) => fail(message), ended: () => ended };
}

/** A bundle of some classes, whose files look into one memory. */
function files(graph: readonly number[]): { readonly list: readonly ExportFile[]; readonly made: string[] } {
  const made: string[] = [];
  const memory = Uint8Array.from([0, ...graph, 0]);
  const check = encodeSafetensors(new Map([["image", IMAGES] as const, ["logits", LOGITS] as const]), {});
  const contents: Readonly<Record<string, Uint8Array>> = {
    "README.md": new Uint8Array(1),
    "onnx/subset.onnx": memory.subarray(1, 5),
    "onnx/subset_int8.onnx": memory.subarray(1, 5),
    "check.safetensors": check,
  };
  const list = Object.entries(contents).map(([name, bytes]) => ({
    name,
    make: () => {
      made.push(name);
      return bytes;
    },
  }));
  return { list, made };
}

test("files are made when the other side needs them, those that nobody runs are not, and what was made stays whole", async () => {
  const { link, ended } = linked();
  const { list, made } = files([4, 6, 8, 10]);
  const told: string[] = [];
  const onProgress = (done: number, total: number): void => void told.push(`${done}/${total}`);
  expect(await verifyOver(link, list, { onProgress })).toEqual({
    checksums: null,
    programs: { onnxRuntime: "1", tensorflowjs: "2" },
    verified: [
      { what: "classes", name: "onnx/subset.onnx", difference: 0, images: 2, sameClass: 2 },
      { what: "variant", name: "onnx/subset_int8.onnx", difference: 0, images: 2, sameClass: 2 },
    ],
    tolerance: 1e-3,
    within: true,
  });
  expect(made).toEqual(["check.safetensors", "onnx/subset.onnx", "onnx/subset_int8.onnx"]);
  expect(told).toEqual(["0/2", "1/2", "2/2"]);
  expect(ended()).toBe(true);
});

test("what differs is told as it is: by a tenth of the largest logit, with another class for one image", async () => {
  const { verified, within } = await verifyOver(linked().link, files([5, 5, 8, 10]).list, quietly);
  expect(verified[0]).toMatchObject({ difference: 0.1, images: 2, sameClass: 1 });
  expect(within).toBe(false);
});

test("a file that cannot be made, and one that is asked for and not there, end it with the reason", async () => {
  const { link, ended } = linked();
  const broken = files([4, 6, 8, 10]).list.map((file) => ({
    ...file,
    make: () => {
      throw new Error(`no room for ${file.name}`);
    },
  }));
  await expect(verifyOver(link, broken, quietly)).rejects.toThrow("no room for check.safetensors");
  expect(ended()).toBe(true);
  const astray = linked((message) => (message.kind === "needs" ? { ...message, name: "elsewhere" } : message));
  await expect(verifyOver(astray.link, files([1]).list, quietly)).rejects.toThrow("asked for elsewhere, which is not exported");
});

test("a worker that cannot be loaded says so", async () => {
  const { link, fail, ended } = linked();
  const verifying = verifyOver({ ...link, postMessage: () => fail("") }, files([1]).list, quietly);
  await expect(verifying).rejects.toThrow("ONNX Runtime could not be loaded (no reason given)");
  expect(ended()).toBe(true);
});

test("a failure on the other side has its words and its cure here", async () => {
  const failure = await verifyOver(linked().link, new Blob(["no zip"]), quietly).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    message: expect.stringContaining("not an exported bundle"),
    cure: "Export the model again.",
  });
});

test("a stop ends it at once, before it began and while a file is made", async () => {
  const stopped = AbortSignal.abort(new Error("stopped"));
  await expect(verifyOver(linked().link, files([1]).list, { ...quietly, signal: stopped })).rejects.toThrow("stopped");
  const abort = new AbortController();
  const { link, ended } = linked();
  const never = files([1]).list.map((file) => ({
    ...file,
    make: () => new Promise<Uint8Array>(() => abort.abort(new Error("now"))),
  }));
  await expect(verifyOver(link, never, { ...quietly, signal: abort.signal })).rejects.toThrow("now");
  expect(ended()).toBe(true);
});
