import { useMemo } from "react";
import type { Config } from "../../model/config";
import { classesOf, secondsFor, totalTime, trainingFlops } from "../../state/queue";
import { text } from "../text";
import { short } from "./format";
import { useQueueFacts } from "./queue-facts";

/** How long runs take that are not added yet, as far as the speed of the device is known; else how much there is to compute. */
export function RunEstimate({ configs }: { readonly configs: readonly Config[] }) {
  const facts = useQueueFacts();
  const classes = classesOf(facts);
  const { seconds, unknown } = totalTime(configs.map((config) => secondsFor(config, facts)));
  const flops = useMemo(() => configs.reduce((sum, config) => sum + trainingFlops(config, classes), 0), [configs, classes]);
  return <p className="hint">{unknown === 0 ? text.queue.time(seconds, 0) : text.queue.add.flops(short(flops))}</p>;
}
