import "./no-eval";
import { deviceCompute } from "../engine/device-compute";
import { adapterFacts, openDevice } from "../kernels/device";
import { memoryOn } from "../kernels/device-memory";
import { openBrowserStores } from "../storage/browser/open";
import { browserMirror, browserQueue, browserTunings } from "../storage/browser/values";
import { branchInWorker } from "./branch-host";
import { decodeImage } from "./decode-image";
import { BEAT_MS } from "./gap-watch";
import { messageTurns } from "./message-turn";
import { browserEstimate } from "./storage-meter";
import { Studio } from "./studio";
import { transfersOf } from "./transfers";
import { verifyInWorker } from "./verify-in-worker";

/** Entry of the dedicated worker: the studio over this browser's storage, device and locks. */

const studio = new Studio({
  openStores: openBrowserStores,
  mirrorValues: browserMirror(),
  queueValues: browserQueue(),
  async openDevice() {
    const device = await openDevice(navigator.gpu);
    const memory = () => memoryOn(device.device);
    const compute = deviceCompute(device, browserTunings());
    return { ...device, compute, kernels: compute.kernels, measure: compute.measure, adapter: adapterFacts(device), memory };
  },
  browser: {
    userAgent: navigator.userAgent,
    isSecureContext: self.isSecureContext,
    hasWebGpu: navigator.gpu !== undefined,
    crossOriginIsolated: self.crossOriginIsolated,
    processors: navigator.hardwareConcurrency,
  },
  locks: navigator.locks ?? null,
  tabs: new BroadcastChannel("splitnet-studio"),
  estimateStorage: () => browserEstimate(navigator.storage),
  post: (message) => self.postMessage(message, transfersOf(message.event)),
  now: Date.now,
  breathe: messageTurns(),
  decodeImage,
  openBranch: branchInWorker,
  verify: verifyInWorker,
});

setInterval(() => studio.beat(), BEAT_MS);
self.addEventListener("message", (event: MessageEvent<unknown>) => void studio.receive(event.data));
