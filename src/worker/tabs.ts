import { z } from "zod";
import { RequestError } from "../base/errors";
import type { ElsewhereView } from "../protocol/views";

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request<Value>(name: string, options: LockWish, work: (lock: unknown) => Promise<Value>): Promise<Value>;
}

interface LockWish {
  readonly mode: "exclusive" | "shared";
  /** Whether to give null rather than wait. */
  readonly ifAvailable: boolean;
}

/** The part of a BroadcastChannel that is used. */
export interface TabChannel {
  postMessage(message: TabMessage): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

/** What a tab does that changes something stored. */
export type TabWork = { readonly work: NonNullable<ElsewhereView["work"]>; readonly runId: string | null };

const tabMessageSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("working"),
    work: z.enum(["training", "evaluating", "loadingData", "removing", "describing", "queueing"]),
    runId: z.string().max(100).nullable(),
  }),
  z.strictObject({ kind: z.literal("stored"), runId: z.string().max(100) }),
  /** Asked by a tab that finds another one at work. */
  z.strictObject({ kind: z.literal("who") }),
]);
/** What tabs of one browser tell each other. */
export type TabMessage = z.infer<typeof tabMessageSchema>;

export interface TabsParts {
  /** Null where the browser has none: tabs then know nothing of each other. */
  readonly locks: Locks | null;
  readonly channel: TabChannel | null;
  readonly onElsewhere: (elsewhere: ElsewhereView | null) => void;
  /** Another tab has stored something of the run; null: of whatever it worked on. */
  readonly onStored: (runId: string | null) => void;
}

/** Held by the one tab that changes something; asked for without waiting. Browsers do not freeze a page that holds a lock. */
const CHANGES = "splitnet-studio-changes";
/** Held along with it; tabs that look on wait for this one, so that they are never in the way of the other. */
const WORK = "splitnet-studio-work";

/** What the tabs of a browser have to know of each other: one changes what is stored, the others look on until it ends. */
export class Tabs {
  readonly #parts: TabsParts;
  #mine: TabWork | null = null;
  #within = new Set<Promise<unknown>>();
  #elsewhere: ElsewhereView | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: TabsParts) {
    this.#parts = parts;
    if (parts.locks !== null) parts.channel?.addEventListener("message", ({ data }) => this.#receive(data));
  }

  /** Runs `work` while no other tab can change anything; throws RequestError where another one does. */
  async alone<Value>(mine: TabWork, work: () => Promise<Value>): Promise<Value> {
    const { locks } = this.#parts;
    if (locks === null) return work();
    if (this.#mine !== null) return this.#inside(work());
    return locks.request(CHANGES, { mode: "exclusive", ifAvailable: true }, async (lock) => {
      if (lock === null) throw refusal(this.#elsewhere);
      this.#mine = mine;
      return locks.request(WORK, { mode: "exclusive", ifAvailable: false }, async () => {
        this.#elsewhereEnded();
        this.workIs(mine);
        try {
          return await work();
        } finally {
          await Promise.allSettled(this.#within);
          this.#mine = null;
        }
      });
    });
  }

  /** Tells the other tabs what this one does; for work whose run is known only once it was created. */
  workIs(mine: TabWork): void {
    this.#mine = mine;
    this.#say({ kind: "working", ...mine });
  }

  /** Tells the other tabs that something of the run was stored. */
  stored(runId: string): void {
    this.#say({ kind: "stored", runId });
  }

  /** Finds out whether another tab is at work, and if so waits for its end. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#untilFree());
    return this.#looking;
  }

  /** Work within work of the same tab: the lock is kept until both are done. */
  async #inside<Value>(work: Promise<Value>): Promise<Value> {
    this.#within.add(work);
    try {
      return await work;
    } finally {
      this.#within.delete(work);
    }
  }

  async #untilFree(): Promise<void> {
    const { locks } = this.#parts;
    if (locks === null || this.#mine !== null) return;
    const isFree = async (lock: unknown): Promise<boolean> => lock !== null;
    if (!(await locks.request(WORK, { mode: "shared", ifAvailable: true }, isFree))) {
      if (this.#elsewhere === null) this.#elsewhereIs({ work: null, runId: null });
      this.#say({ kind: "who" });
      await locks.request(WORK, { mode: "shared", ifAvailable: false }, isFree);
    }
    this.#elsewhereEnded();
  }

  #elsewhereEnded(): void {
    const before = this.#elsewhere;
    if (before === null) return;
    this.#elsewhereIs(null);
    this.#parts.onStored(before.runId);
  }

  #receive(data: unknown): void {
    // A tab of another build may say what this one does not know.
    const message = tabMessageSchema.safeParse(data).data;
    // What others said before this tab got the lock is over.
    if (this.#mine !== null && message?.kind !== "who") return;
    switch (message?.kind) {
      case "working":
        this.#elsewhereIs({ work: message.work, runId: message.runId });
        void this.look();
        return;
      case "stored":
        this.#parts.onStored(message.runId);
        return;
      case "who":
        if (this.#mine !== null) this.#say({ kind: "working", ...this.#mine });
        return;
      default:
        message satisfies undefined;
    }
  }

  #elsewhereIs(elsewhere: ElsewhereView | null): void {
    this.#elsewhere = elsewhere;
    this.#parts.onElsewhere(elsewhere);
  }

  #say(message: TabMessage): void {
    this.#parts.channel?.postMessage(message);
  }
}

const DOING: Readonly<Record<TabWork["work"], string>> = {
  training: "training",
  evaluating: "evaluating",
  loadingData: "reading data",
  removing: "removing something",
  describing: "naming a run",
  queueing: "changing the queue",
};

function refusal(elsewhere: ElsewhereView | null): RequestError {
  const doing = elsewhere?.work === null || elsewhere === null ? "at work" : DOING[elsewhere.work];
  return new RequestError(
    `another tab of the studio is ${doing}, and only one can change what is stored`,
    "Wait until it is done, or stop it there; runs can be looked at here meanwhile.",
  );
}
