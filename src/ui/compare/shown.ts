import type { RunRecord } from "../../model/run";
import type { ComparedRunView } from "../../protocol/views";

/** A compared run as the panel shows it: its number, from 1, stands in table, legend and chart alike. */
export interface Shown {
  readonly record: RunRecord;
  readonly run: ComparedRunView;
  readonly name: string;
  readonly number: number;
}
