import type { RunLine } from "../../protocol/comparison";
import type { ComparedRun } from "../../state/compared-rows";

/** A run whose curves are drawn: its number, from 1, stands in table, legend and chart alike. */
export interface Shown extends ComparedRun {
  readonly number: number;
}

/** The same with its curve at hand. */
export interface ShownLine extends Shown {
  readonly line: RunLine;
}
