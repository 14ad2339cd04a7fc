import { StorageError } from "../base/errors";

const RUN_ID = /^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/;
const FILE_NAME = /^[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){0,79}$/;
/** Endings and names that storage keeps for itself. */
const RESERVED = /(?:^run\.json|^metrics\.ndjson|\.prev|\.tmp|\.sha256)$/;

export function isRunId(id: string): boolean {
  return RUN_ID.test(id);
}

/** Ids become folder names: lower-case letters, digits and inner hyphens, at most 100; anything else is refused. */
export function checkRunId(id: string): string {
  if (isRunId(id)) return id;
  throw new StorageError(`"${id}" is not the id of a run`, "Choose a run from the list.");
}

/** File names of a run: lower-case letters, digits, hyphens and single inner dots; none that storage uses itself. */
export function checkFileName(name: string): string {
  if (FILE_NAME.test(name) && !RESERVED.test(name)) return name;
  throw new StorageError(
    `"${name}" cannot be the name of a file of a run`,
    "This is a fault of the program: please report it with the event log.",
  );
}
