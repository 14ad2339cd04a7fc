import type { Command } from "../protocol/commands";
import type { EngineEvent } from "../protocol/events";
import type { Start } from "./address";
import { connect, type EngineLink } from "./client";
import { createStudioStore, type StudioStore } from "./store";

/** Events are taken in together at this pace: the engine may tell hundreds a second. */
const INTAKE_MILLISECONDS = 50;

/** As long as the engine's commands allow; no run has an id that long. */
const LONGEST_RUN_ID = 100;

export interface Studio {
  readonly store: StudioStore;
  /** Sends a request; what comes of it is told by events. */
  readonly send: (command: Command) => void;
}

/** Store and requests of a page that talks to the engine behind `link`; asks at once for what is stored. `now` is in Unix milliseconds. */
export function openStudio(link: EngineLink, start: Start, now: () => number): Studio {
  const store = createStudioStore(start);
  const waiting: EngineEvent[] = [];
  let takenIn = Number.NEGATIVE_INFINITY;
  const takeIn = (): void => {
    takenIn = now();
    store.receive(waiting.splice(0), takenIn);
  };
  const client = connect(link, {
    onEvent: (event) => {
      // What comes after a pause is taken in at once.
      if (waiting.push(event) === 1) setTimeout(takeIn, Math.max(0, takenIn + INTAKE_MILLISECONDS - now()));
    },
    onFatal: store.fail,
  });
  const { run } = start.view;
  client.send(run === undefined ? { kind: "open" } : { kind: "open", runId: run.slice(0, LONGEST_RUN_ID) });
  return { store, send: (command) => void client.send(command) };
}
