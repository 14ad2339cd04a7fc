import type { ErrorValue } from "../base/errors";
import type { Command, CommandMessage } from "../protocol/commands";
import { type EngineEvent, type EventMessage, PROTOCOL_VERSION } from "../protocol/events";

/** What the client needs of a Worker. */
export interface EngineLink {
  postMessage(message: CommandMessage): void;
  addEventListener(type: "message" | "messageerror", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "error", listener: (event: { readonly message?: string }) => void): void;
}

export interface ClientHandlers {
  onEvent(event: EngineEvent): void;
  /** Called once: the link is dead and nothing more will be told. */
  onFatal(error: ErrorValue): void;
}

/** The page's end of the worker protocol. */
export interface Client {
  /** Sends a request and returns its id; a dead link swallows it, the page already says so. */
  send(command: Command): number;
}

const RELOAD = "Load the page anew: data, runs and their last checkpoints are stored and will be found again.";

/** Listens to the engine; every breach of the protocol ends the link visibly instead of showing half-true facts. */
export function connect(link: EngineLink, handlers: ClientHandlers): Client {
  let nextId = 0;
  let expected = 0;
  let dead = false;
  const fail = (message: string): void => {
    if (dead) return;
    dead = true;
    handlers.onFatal({ name: "EngineError", message, cure: RELOAD });
  };
  link.addEventListener("message", ({ data }) => {
    if (dead) return;
    const problem = problemOf(data, expected);
    if (problem !== null) return fail(problem);
    if (!isEventMessage(data)) return fail("the training engine sent something that is not an event");
    expected++;
    handlers.onEvent(data.event);
  });
  link.addEventListener("messageerror", () => fail("a message of the training engine could not be read"));
  link.addEventListener("error", ({ message }) => fail(`the training engine crashed: ${message || "no reason was given"}`));
  return {
    send(command) {
      const id = nextId++;
      if (!dead) link.postMessage({ version: PROTOCOL_VERSION, id, command });
      return id;
    },
  };
}

function problemOf(data: unknown, expected: number): string | null {
  const { version, sequence } = headOf(data);
  if (version !== PROTOCOL_VERSION)
    return `page and training engine are of different builds (protocol ${PROTOCOL_VERSION} and ${String(version)})`;
  if (sequence !== expected)
    return `a message of the training engine was lost: number ${expected} was due, ${String(sequence)} came`;
  return null;
}

function headOf(data: unknown): { readonly version: unknown; readonly sequence: unknown } {
  if (typeof data !== "object" || data === null) return { version: undefined, sequence: undefined };
  return {
    version: "version" in data ? data.version : undefined,
    sequence: "sequence" in data ? data.sequence : undefined,
  };
}

/** Equal versions mean equal event types: the kind is all that is left to check. */
function isEventMessage(data: unknown): data is EventMessage {
  if (typeof data !== "object" || data === null || !("event" in data)) return false;
  const { event } = data;
  return typeof event === "object" && event !== null && "kind" in event && typeof event.kind === "string";
}
