import { RequestError } from "../base/errors";
import type { NamedTensors } from "../base/tensor";
import type { HostedPart, PartHost } from "../engine/branch-timing";
import type { BranchAnswer, BranchRequest } from "./branch-messages";

/** What a branch needs of a Worker. */
export interface BranchLink {
  postMessage(message: BranchRequest, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: BranchAnswer }) => void): void;
  addEventListener(type: "error", listener: (event: { readonly message?: string }) => void): void;
  terminate(): void;
}

/** A part of a network in a worker with a device of its own. */
export function branchInWorker(): PartHost {
  return new BranchHost(new Worker(new URL("./branch-worker.ts", import.meta.url), { type: "module", name: "branch" }));
}

interface Waiting {
  readonly resolve: (answer: BranchAnswer) => void;
  readonly reject: (error: RequestError) => void;
}

export class BranchHost implements PartHost {
  readonly #link: BranchLink;
  #waiting: Waiting[] = [];
  /** Why nothing is answered any more; null while it is. */
  #ended: RequestError | null = null;

  constructor(link: BranchLink) {
    this.#link = link;
    link.addEventListener("message", ({ data }) => {
      if (data.kind === "failed") this.#end(new RequestError(`a branch failed: ${data.error.message}`, data.error.cure));
      else this.#waiting.shift()?.resolve(data);
    });
    link.addEventListener("error", ({ message }) =>
      this.#end(new RequestError(`the worker of a branch failed: ${message || "no reason given"}`, "Load the page anew.")),
    );
  }

  async prepare({ spec, tensors, output }: HostedPart, batch: number): Promise<void> {
    const own = { parameters: compact(tensors.parameters), statistics: compact(tensors.statistics) };
    await this.#ask({ kind: "prepare", part: { spec, tensors: own, output }, batch }, []);
  }

  async run(values: Float32Array<ArrayBuffer>): Promise<Float32Array> {
    const answer = await this.#ask({ kind: "run", values }, [values.buffer]);
    if (answer.kind !== "ran") throw new TypeError(`a branch answered "${answer.kind}" to a run`);
    return answer.values;
  }

  close(): void {
    this.#link.terminate();
    this.#end(new RequestError("the branch was closed", "Start the timing anew."));
  }

  #ask(request: BranchRequest, transfer: ArrayBuffer[]): Promise<BranchAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) return reject(this.#ended);
      this.#waiting.push({ resolve, reject });
      this.#link.postMessage(request, transfer);
    });
  }

  #end(error: RequestError): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}

/** A view that is sent takes all of the memory with it that it looks into: a whole checkpoint for a few channels. */
function compact(tensors: NamedTensors): NamedTensors {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
}
