import { expect, test } from "vitest";
import type { HostedPart } from "../engine/branch-timing";
import { exampleNetwork } from "../export/testing";
import { BranchHost, type BranchLink } from "./branch-host";
import type { BranchAnswer, BranchRequest } from "./branch-messages";

/** A worker that answers when it is told to. */
function link() {
  const asked: { readonly request: BranchRequest; readonly transfer: readonly ArrayBuffer[] }[] = [];
  let tell: (answer: BranchAnswer) => void = () => undefined;
  let fail: (message: string) => void = () => undefined;
  let ended = false;
  const own: BranchLink = {
    postMessage: (request, transfer) => void asked.push({ request, transfer }),
    addEventListener: (type: string, listener: (event: never) => void) => {
      const call: (event: object) => void = (event) => Reflect.apply(listener, undefined, [event]);
      if (type === "message") tell = (data) => call({ data });
      else fail = (message) => call({ message });
    },
    terminate: () => {
      ended = true;
    },
  };
  return {
    own,
    asked,
    tell: (answer: BranchAnswer) => tell(answer),
    fail: (message: string) => fail(message),
    ended: () => ended,
  };
}

const { plan, network } = exampleNetwork({ grouping: "2-2-2", blockOrder: "pre-activation", sizes: "even", classes: 6 });

test("a branch is sent its own tensors and no memory beside, hands values over, and takes answers in order", async () => {
  const { own, asked, tell } = link();
  const host = new BranchHost(own);
  const whole = Float32Array.of(1, 2, 3, 4);
  const tensors = { parameters: new Map([["w", { shape: [2], data: whole.subarray(1, 3) }]]), statistics: new Map() };
  const part: HostedPart = { spec: plan.spec, tensors, output: "logits/fc" };
  const prepared = host.prepare(part, 4);
  const { request } = asked[0]!;
  if (request.kind !== "prepare") throw new Error(request.kind);
  expect(request.batch).toBe(4);
  expect(request.part.tensors.parameters.get("w")?.data).toEqual(Float32Array.of(2, 3));
  expect(request.part.tensors.parameters.get("w")?.data.buffer.byteLength).toBe(8);
  tell({ kind: "prepared" });
  await prepared;
  const values = [Float32Array.of(5), Float32Array.of(6)];
  const runs = values.map((own) => host.run(own));
  expect(asked.slice(1).map(({ transfer }) => transfer)).toEqual(values.map(({ buffer }) => [buffer]));
  tell({ kind: "ran", values: Float32Array.of(50) });
  tell({ kind: "ran", values: Float32Array.of(60) });
  expect(await Promise.all(runs)).toEqual([Float32Array.of(50), Float32Array.of(60)]);
});

test("a branch that fails, crashes or is closed fails everything that waits for it, and everything after", async () => {
  const part: HostedPart = { spec: plan.spec, tensors: network, output: "logits/fc" };
  const error = { name: "DeviceError", message: "no adapter", cure: "Update the driver." };
  const ends = [
    [({ tell }: ReturnType<typeof link>) => tell({ kind: "failed", error }), "a branch failed: no adapter"],
    [({ fail }: ReturnType<typeof link>) => fail("out of memory"), "the worker of a branch failed: out of memory"],
    [(_: ReturnType<typeof link>, host: BranchHost) => host.close(), "the branch was closed"],
  ] as const;
  for (const [end, message] of ends) {
    const worker = link();
    const host = new BranchHost(worker.own);
    const waiting = [host.prepare(part, 1), host.run(new Float32Array(1))].map((asked) => asked.catch(String));
    end(worker, host);
    for (const told of await Promise.all(waiting)) expect(told).toContain(message);
    await expect(host.run(new Float32Array(1))).rejects.toThrow(message);
    host.close();
    expect(worker.ended()).toBe(true);
  }
});
