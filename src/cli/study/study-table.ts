import { csv } from "../../base/csv";
import type { StudyRow } from "./study-rows";

const HEAD = [
  ...["groups", "seed", "agreement", "agreement_p", "test_grouped", "test_cut", "test_cut_post_activation"],
  ...["validation", "test_unsplit", "test_split", "parameters", "flops", "seconds", "failure"],
];

/** Every run as a line of CSV; what it has not come to is empty. */
export function studyTable(rows: readonly StudyRow[]): string {
  return csv([
    HEAD,
    ...rows.map((row) => [
      ...[row.kind, row.seed, row.agreement ?? "", row.agreementP ?? ""],
      ...[row.onTheSpot?.unsplit ?? "", row.onTheSpot?.preActivation ?? "", row.onTheSpot?.postActivation ?? ""],
      ...[
        row.validation ?? "",
        row.unsplit ?? "",
        row.split ?? "",
        row.parameters ?? "",
        row.flops ?? "",
        row.seconds,
        row.failure ?? "",
      ],
    ]),
  ]);
}
