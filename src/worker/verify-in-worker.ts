import { RequestError } from "../base/errors";
import type { Verification } from "../splitnet/verification";
import type { VerificationMessage } from "../verify/messages";

/** Verifies a bundle in a worker of its own, which ends with it. */
export async function verifyInWorker(file: Blob, onProgress: (done: number, total: number) => void): Promise<Verification> {
  const worker = new Worker(new URL("../verify/verify-worker.ts", import.meta.url), { type: "module", name: "verify" });
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener("message", ({ data }: MessageEvent<VerificationMessage>) => {
        if (data.kind === "progress") onProgress(data.done, data.total);
        else if (data.kind === "verified") resolve(data.verification);
        else reject(new RequestError(data.error.message, data.error.cure));
      });
      worker.addEventListener("error", ({ message }) => {
        reject(new RequestError(`ONNX Runtime could not be loaded (${message || "no reason given"})`, RETRY));
      });
      worker.postMessage(file);
    });
  } finally {
    worker.terminate();
  }
}

const RETRY = "It is loaded from the studio's own server the first time: check the connection and try again.";
