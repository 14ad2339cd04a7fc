/** An input that a parser once answered wrongly: a bomb of its target, so that it is parsed with the others. */
interface PastFailure {
  readonly target: string;
  readonly bomb: string;
  /** What the parser did. */
  readonly was: string;
}

const failure = (target: string, bomb: string, was: string): PastFailure => ({ target, bomb, was });

/** One input for each fault that was found; it stays. */
export const PAST_FAILURES: readonly PastFailure[] = [
  failure("tar", "a pax header of 1 MiB whose records begin within each other", "did not end: every digit began a record"),
  failure("tar", "a pax header of text without a length", "did not end, while the fault above was being mended"),
  failure("gzip", "5,000 empty members", "20,000 took over 8 s: 128 KiB were searched for every trailer"),
  failure("archive", "records that claim 300 MB in a file of 300 kB", "286 MiB before a record was read"),
  failure("archive", "a pickle that claims 300 MB in a file of 300 kB", "287 MiB before a byte was read"),
  failure("archive", "ignored members with names of 1 MiB", "a message of 5 million characters"),
  failure("loose files", "records that claim 900 MB", "879 MiB before a record was read"),
  failure("loose files", "a name of 1 MB", "a message of a million characters"),
  failure("pickle", "a million dictionaries", "231 MiB"),
  failure("pickle", "a million lists in lists", "244 MiB"),
  failure("pickle", "a million empty strings", "153 MiB"),
  failure("pickle", "a text of 1 MB encoded fifty thousand times", "did not end within a minute"),
  failure("config", "a million numbers for learningRateDrops", "over 8 s: a fault was reported for every number"),
  failure("safetensors", "a dtype of a million lists in lists", "RangeError: the message quoted it"),
  failure("safetensors", "a name twice, with 2 kB of spaces before its colon", "accepted: the second one was taken"),
  failure("safetensors", "a shape of 300,000 sizes", "a message of 900,000 characters"),
  failure("checkpoint", "a network of a name of 1 MB", "a message of a million characters"),
  failure("saved run", "one member named 20,000 times", "over 8 s: its bytes were copied for every name"),
  failure("saved run", "an id that is no folder's name", "refused by storage, with a cure for another fault"),
  failure("plan", "a million members below zero", "over 8 s: a fault was reported for every member"),
  failure("plan", "200,000 spaces", "110 MiB: a fault was reported for every space"),
  failure("evaluation", "a million counts below zero", "over 8 s: a fault was reported for every count"),
  failure("messages", "200,000 lists in lists for version", "RangeError: the message quoted it"),
  failure("messages", "what cannot be text for version", "TypeError: the message quoted it"),
  failure("messages", "a million empty objects for version", "a message of 16 million characters"),
  failure("messages", "an array of 100 MB", "over a minute: every byte was reported as an unknown field"),
  failure("run records", "a million numbers for superclassOf", "over 8 s: a fault was reported for every number"),
  failure("run records", "superclasses that are not there", "accepted"),
  failure("data set summaries", "images without end", "did not end: they were shuffled"),
  failure("data set summaries", "a length that is no number for classes", "TypeError: a schema compared it"),
  failure("config", "a length that is no number for preset", "TypeError: a schema compared it"),
  failure("tunings", "200,000 shapes", "130 MiB: a fault was reported for every shape"),
  failure("names", "checkRunId 17", "a message of a million characters"),
  failure("stored data set", "a manifest of 1 TiB without pieces", "made room for all of it"),
];
