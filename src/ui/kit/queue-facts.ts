import type { QueueFacts } from "../../state/queue";
import { useSelected } from "./studio";

/** What a queue is drawn from: not the curves, which change many times a second. */
export function useQueueFacts(): QueueFacts {
  return {
    activity: useSelected((state) => state.facts.activity),
    runs: useSelected((state) => state.facts.runs),
    descriptions: useSelected((state) => state.facts.descriptions),
    probes: useSelected((state) => state.facts.probes),
    device: useSelected((state) => state.facts.device),
    dataset: useSelected((state) => state.facts.dataset),
    elsewhere: useSelected((state) => state.facts.elsewhere),
    fatal: useSelected((state) => state.facts.fatal),
  };
}
