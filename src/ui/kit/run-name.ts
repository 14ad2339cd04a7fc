import type { RunDescription, RunRecord } from "../../model/run";
import { moment } from "./format";

/** What a run is called: as the person said, else by its date. */
export function runName({ createdAt }: RunRecord, description: RunDescription | undefined): string {
  return description === undefined || description.name === "" ? moment(createdAt) : description.name;
}
