import type { CDPSession, Page } from "@playwright/test";

/** What the engine's worker holds. */
export interface EngineHoldings {
  /** Bytes of living objects, garbage collected before. */
  readonly heapBytes: number;
  /** Buffers of the device, made and not destroyed since the inspector came. */
  readonly buffersAlive: number;
}

const COUNT_BUFFERS = `
  globalThis.buffersAlive = 0;
  const create = GPUDevice.prototype.createBuffer;
  GPUDevice.prototype.createBuffer = function (...given) {
    globalThis.buffersAlive++;
    return create.apply(this, given);
  };
  const destroyed = new WeakSet();
  const destroy = GPUBuffer.prototype.destroy;
  GPUBuffer.prototype.destroy = function () {
    if (!destroyed.has(this)) globalThis.buffersAlive--;
    destroyed.add(this);
    return destroy.call(this);
  };
`;

/** Looks into the worker of a page through the developer tools. */
export class EngineInspector {
  readonly #devtools: CDPSession;
  readonly #session: string;
  readonly #answers = new Map<number, (result: { readonly result: Record<string, unknown> }) => void>();
  #nextId = 0;

  private constructor(devtools: CDPSession, session: string) {
    this.#devtools = devtools;
    this.#session = session;
    devtools.on("Target.receivedMessageFromTarget", ({ sessionId, message }) => {
      if (sessionId !== session) return;
      const answer = JSON.parse(message);
      this.#answers.get(answer.id)?.(answer);
      this.#answers.delete(answer.id);
    });
  }

  /** Attaches to the worker of a page that is open, and counts its device's buffers from then on. */
  static async of(page: Page): Promise<EngineInspector> {
    const devtools = await page.context().newCDPSession(page);
    const attached = new Promise<string>((resolve) =>
      devtools.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
        if (targetInfo.type === "worker") resolve(sessionId);
      }),
    );
    await devtools.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
    const inspector = new EngineInspector(devtools, await attached);
    await inspector.#ask("Runtime.evaluate", { expression: COUNT_BUFFERS });
    return inspector;
  }

  async holdings(): Promise<EngineHoldings> {
    await this.#ask("HeapProfiler.enable");
    await this.#ask("HeapProfiler.collectGarbage");
    const { usedSize } = await this.#ask("Runtime.getHeapUsage");
    const { result } = await this.#ask("Runtime.evaluate", { expression: "globalThis.buffersAlive", returnByValue: true });
    const { value } = result as { readonly value: unknown };
    return { heapBytes: Number(usedSize), buffersAlive: Number(value) };
  }

  async #ask(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = this.#nextId++;
    const answered = new Promise<{ readonly result: Record<string, unknown> }>((resolve) => this.#answers.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await this.#devtools.send("Target.sendMessageToTarget", { sessionId: this.#session, message });
    return (await answered).result;
  }
}
