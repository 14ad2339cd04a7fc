import { RequestError } from "../base/errors";
import type { ExportFile } from "../export/zip";
import type { Verification } from "../splitnet/verification";
import type { VerificationMessage, VerificationRequest } from "../verify/messages";

/** What verifying needs of a Worker. */
export interface VerifyLink {
  postMessage(message: VerificationRequest, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: VerificationMessage }) => void): void;
  addEventListener(type: "error", listener: (event: { readonly message?: string }) => void): void;
  terminate(): void;
}

export interface VerifyTools {
  /** Told how many graphs are done, of all of them. */
  readonly onProgress: (done: number, total: number) => void;
  /** Ends it at once: what computes without a pause listens to nobody. */
  readonly signal?: AbortSignal;
}

/** Verifies a bundle, or files that are not packed yet, in a worker of its own, which ends with it. */
export function verifyInWorker(source: Blob | readonly ExportFile[], tools: VerifyTools): Promise<Verification> {
  const worker = new Worker(new URL("../verify/verify-worker.ts", import.meta.url), { type: "module", name: "verify" });
  return verifyOver(worker, source, tools);
}

/** Files are made one at a time when the other side needs them. */
export async function verifyOver(
  link: VerifyLink,
  source: Blob | readonly ExportFile[],
  { onProgress, signal }: VerifyTools,
): Promise<Verification> {
  const files = source instanceof Blob ? [] : source;
  const send = async (name: string): Promise<void> => {
    const made = await files.find((file) => file.name === name)?.make();
    if (made === undefined) throw new RequestError(`ONNX Runtime's worker asked for ${name}, which is not exported`, RETRY);
    // A copy of its own is given away: what was made may look into memory that other files are made of.
    const bytes = new Uint8Array(made);
    link.postMessage({ kind: "made", name, bytes }, [bytes.buffer]);
  };
  try {
    return await new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      link.addEventListener("message", ({ data }) => {
        if (data.kind === "progress") onProgress(data.done, data.total);
        else if (data.kind === "needs") send(data.name).catch(reject);
        else if (data.kind === "verified") resolve(data.verification);
        else reject(new RequestError(data.error.message, data.error.cure));
      });
      link.addEventListener("error", ({ message }) => {
        reject(new RequestError(`ONNX Runtime could not be loaded (${message || "no reason given"})`, RETRY));
      });
      const request =
        source instanceof Blob
          ? { kind: "bundle" as const, file: source }
          : { kind: "files" as const, names: files.map(({ name }) => name) };
      link.postMessage(request, []);
    });
  } finally {
    link.terminate();
  }
}

const RETRY = "It is loaded from the studio's own server the first time: check the connection and try again.";
