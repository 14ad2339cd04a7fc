import "./no-eval";
import { toErrorValue } from "../base/errors";
import type { HostedPart } from "../engine/branch-timing";
import { openDevice } from "../kernels/device";
import { rememberedTuning } from "../kernels/tuning-store";
import { browserTunings } from "../storage/browser/values";
import { HostEvaluation } from "../train/host-evaluation";
import type { BranchAnswer, BranchRequest } from "./branch-messages";

/** Entry of a worker for one part of a network: a device of its own, open until the worker is ended. */

const opened = openDevice(navigator.gpu);
let evaluation: HostEvaluation | null = null;

const post = (answer: BranchAnswer): void => {
  self.postMessage(answer, answer.kind === "ran" ? [answer.values.buffer] : []);
};

async function prepare({ spec, tensors, output }: HostedPart, batch: number): Promise<void> {
  evaluation?.dispose();
  const device = await opened;
  const tuning = await rememberedTuning(device, "f32", browserTunings());
  evaluation = await HostEvaluation.prepare(device.device, { network: { spec, ...tensors }, output, batch }, tuning);
}

async function answer(request: BranchRequest): Promise<BranchAnswer> {
  if (request.kind === "prepare") {
    await prepare(request.part, request.batch);
    return { kind: "prepared" };
  }
  if (evaluation === null) throw new Error("a part was run before it was prepared");
  return { kind: "ran", values: await evaluation.run(request.values) };
}

const fail = (error: unknown): void => post({ kind: "failed", error: toErrorValue(error) });

self.addEventListener("message", ({ data }: MessageEvent<BranchRequest>) => void answer(data).then(post, fail));
opened.then(({ lost }) => lost.then((reason) => fail(new Error(reason))), fail);
