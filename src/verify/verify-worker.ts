import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import * as ort from "onnxruntime-web/wasm";
import { toErrorValue } from "../base/errors";
import type { VerificationMessage } from "./messages";
import { onnxRuntime } from "./onnx-runtime";
import { tfjsProgram } from "./tfjs-runtime";
import { verifyBundle } from "./verify-bundle";

/** Entry of a worker that verifies one bundle and is then ended: ONNX Runtime computes without a pause, and would hold up whoever it shares a thread with. */

// Loaded from the page's own server where it is first needed. One thread: more need a page that is isolated from other sites.
ort.env.wasm.wasmPaths = { wasm: new URL(wasmUrl, self.location.href).href };
ort.env.wasm.numThreads = 1;

const programs = { onnx: onnxRuntime(ort), tfjs: tfjsProgram };
const post = (message: VerificationMessage): void => self.postMessage(message);

self.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (data instanceof Blob) void verify(data);
});

async function verify(file: Blob): Promise<void> {
  try {
    const bundle = new Uint8Array(await file.arrayBuffer());
    const verification = await verifyBundle(bundle, programs, {
      onFile: (done, total) => post({ kind: "progress", done, total }),
    });
    post({ kind: "verified", verification });
  } catch (error) {
    post({ kind: "failed", error: toErrorValue(error) });
  }
}
