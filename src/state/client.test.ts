import { expect, test } from "vitest";
import type { ErrorValue } from "../base/errors";
import type { CommandMessage } from "../protocol/commands";
import { type EngineEvent, PROTOCOL_VERSION } from "../protocol/events";
import { connect, type EngineLink } from "./client";

type Listener = (event: { readonly data?: unknown; readonly message?: string }) => void;

function setUp() {
  const listeners = new Map<string, Listener>();
  const sent: CommandMessage[] = [];
  const events: EngineEvent[] = [];
  const fatal: ErrorValue[] = [];
  const link: EngineLink = {
    postMessage: (message) => sent.push(message),
    addEventListener: (type: string, listener: (event: never) => void) => {
      listeners.set(type, (event) => (listener as Listener)(event));
    },
  };
  const client = connect(link, { onEvent: (event) => events.push(event), onFatal: (error) => fatal.push(error) });
  const fire = (type: string, event: Parameters<Listener>[0]) => listeners.get(type)?.(event);
  return { client, sent, events, fatal, fire };
}

const event: EngineEvent = { kind: "runsListed", runs: [] };
const message = (sequence: number) => ({ data: { version: PROTOCOL_VERSION, sequence, event } });

test("requests carry ascending ids and the version", () => {
  const { client, sent } = setUp();
  expect([client.send({ kind: "open" }), client.send({ kind: "pause" })]).toEqual([0, 1]);
  expect(sent[1]).toEqual({ version: PROTOCOL_VERSION, id: 1, command: { kind: "pause" } });
});

test("events arrive in order", () => {
  const { events, fatal, fire } = setUp();
  fire("message", message(0));
  fire("message", message(1));
  expect(events).toEqual([event, event]);
  expect(fatal).toEqual([]);
});

const BREACHES: readonly (readonly [string, string, Parameters<Listener>[0], RegExp])[] = [
  ["a lost message", "message", message(3), /number 0 was due, 3 came/],
  ["another version", "message", { data: { version: 99, sequence: 0, event } }, /different builds/],
  ["something that is no event", "message", { data: { version: PROTOCOL_VERSION, sequence: 0 } }, /not an event/],
  ["nothing at all", "message", { data: null }, /different builds/],
  ["a message that cannot be read", "messageerror", {}, /could not be read/],
  ["a crash", "error", { message: "out of memory" }, /crashed: out of memory/],
  ["a script that does not load", "error", {}, /no reason was given/],
];

test.each(BREACHES)("%s ends the link once, visibly, and later events are ignored", (_, type, fired, text) => {
  const { client, sent, events, fatal, fire } = setUp();
  fire(type, fired);
  fire("message", message(0));
  fire("error", { message: "again" });
  client.send({ kind: "open" });
  expect(fatal).toHaveLength(1);
  expect(fatal[0]!.message).toMatch(text);
  expect(fatal[0]!.cure).not.toBe("");
  expect(events).toEqual([]);
  expect(sent).toEqual([]);
});
