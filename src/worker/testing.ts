import type { Locks, TabChannel, TabMessage } from "./tabs";

interface Request {
  readonly mode: "exclusive" | "shared";
  readonly start: () => void;
}

/** Web Locks for tests: first come, first served; shared ones together. */
export class TestLocks implements Locks {
  readonly #held = new Map<string, Request[]>();
  readonly #waiting = new Map<string, Request[]>();

  async request<Value>(
    name: string,
    { mode, ifAvailable }: Parameters<Locks["request"]>[1],
    work: (lock: unknown) => Promise<Value>,
  ): Promise<Value> {
    // As in a browser, where the answer comes from another process.
    await Promise.resolve();
    const waiting = listOf(this.#waiting, name);
    if (ifAvailable && (waiting.length > 0 || !this.#allows(name, mode))) return work(null);
    let own: Request | undefined;
    const granted = new Promise<void>((start) => {
      own = { mode, start };
      waiting.push(own);
    });
    this.#grant(name);
    await granted;
    try {
      return await work({ name, mode });
    } finally {
      this.#held.set(
        name,
        listOf(this.#held, name).filter((request) => request !== own),
      );
      this.#grant(name);
    }
  }

  #allows(name: string, mode: Request["mode"]): boolean {
    const held = listOf(this.#held, name);
    return held.length === 0 || (mode === "shared" && held.every((request) => request.mode === "shared"));
  }

  #grant(name: string): void {
    const waiting = listOf(this.#waiting, name);
    while (waiting[0] !== undefined && this.#allows(name, waiting[0].mode)) {
      const request = waiting.shift()!;
      listOf(this.#held, name).push(request);
      request.start();
    }
  }
}

function listOf(map: Map<string, Request[]>, name: string): Request[] {
  const list = map.get(name) ?? [];
  map.set(name, list);
  return list;
}

/** The channels of several tabs: what one says all others hear, a moment later. */
export class TestTabs {
  readonly #listeners: ((event: { readonly data: unknown }) => void)[] = [];
  /** Whether all of them say nothing. */
  mute = false;

  open(): TabChannel {
    let own: ((event: { readonly data: unknown }) => void) | undefined;
    return {
      postMessage: (message: TabMessage) => this.shout(message, own),
      addEventListener: (_type, listener) => {
        own = listener;
        this.#listeners.push(listener);
      },
    };
  }

  /** Says something to every tab but one. */
  shout(data: unknown, except?: (event: { readonly data: unknown }) => void): void {
    if (this.mute) return;
    for (const listener of this.#listeners) if (listener !== except) queueMicrotask(() => listener({ data }));
  }
}
