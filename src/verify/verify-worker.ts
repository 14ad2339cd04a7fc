import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import * as ort from "onnxruntime-web/wasm";
import type { VerificationRequest } from "./messages";
import { onnxRuntime } from "./onnx-runtime";
import { tfjsProgram } from "./tfjs-runtime";
import { verifyService } from "./verify-service";

/** Entry of a worker that verifies one bundle and is then ended: ONNX Runtime computes without a pause, and would hold up whoever it shares a thread with. */

// Loaded from the page's own server where it is first needed. One thread: more need a page that is isolated from other sites.
ort.env.wasm.wasmPaths = { wasm: new URL(wasmUrl, self.location.href).href };
ort.env.wasm.numThreads = 1;

const receive = verifyService({ onnx: onnxRuntime(ort), tfjs: tfjsProgram }, (message) => self.postMessage(message));

self.addEventListener("message", ({ data }: MessageEvent<VerificationRequest>) => receive(data));
