import { text } from "../text";
import { download } from "./download";

interface Props {
  /** Of the table or figure whose numbers these are. */
  readonly title: string;
  /** Of the file, before its ending; letters and hyphens. */
  readonly fileName: string;
  /** Every value behind it, as parts of a file. */
  readonly csv: () => Iterable<string>;
}

/** Hands out the numbers of a table or figure as a file. */
export function CsvButton({ title, fileName, csv }: Props) {
  return (
    <button
      type="button"
      className="button button-quiet"
      aria-label={text.pictures.label(title, text.pictures.csv)}
      onClick={() => download(new Blob([...csv()], { type: "text/csv" }), `splitnet-${fileName}.csv`)}
    >
      {text.pictures.csv}
    </button>
  );
}
