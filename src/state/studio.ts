import type { Command } from "../protocol/commands";
import type { EngineEvent } from "../protocol/events";
import { connect, type EngineLink } from "./client";
import { presetFromQuery } from "./config-form";
import { createStudioStore, type StudioStore } from "./store";

/** Events are taken in together at this pace: the engine may tell hundreds a second. */
const INTAKE_MILLISECONDS = 50;

export interface Studio {
  readonly store: StudioStore;
  /** Sends a request; what comes of it is told by events. */
  readonly send: (command: Command) => void;
}

/** Store and requests of a page that talks to the engine behind `link`; asks at once for what is stored. `now` is in Unix milliseconds. */
export function openStudio(link: EngineLink, query: string, now: () => number): Studio {
  const store = createStudioStore(presetFromQuery(query));
  const waiting: EngineEvent[] = [];
  const takeIn = (): void => store.receive(waiting.splice(0), now());
  const client = connect(link, {
    onEvent: (event) => {
      if (waiting.push(event) === 1) setTimeout(takeIn, INTAKE_MILLISECONDS);
    },
    onFatal: store.fail,
  });
  client.send({ kind: "open" });
  return { store, send: (command) => void client.send(command) };
}
