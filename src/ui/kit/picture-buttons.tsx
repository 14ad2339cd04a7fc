import { type MouseEvent, useState } from "react";
import { text } from "../text";
import { CsvButton } from "./csv-button";
import { download } from "./download";
import { type PictureWords, picturePng, pictureSvg } from "./picture";
import { runName } from "./run-name";
import { useStudio } from "./studio";

/** What is drawn: a chart, the tree, or a matrix. */
const DRAWING = ".recharts-surface, .tree, .flow, canvas";

interface Props {
  readonly title: string;
  /** Of the file, before its ending; letters and hyphens. */
  readonly fileName: string;
  readonly legend?: PictureWords["legend"];
  readonly rows?: PictureWords["rows"];
  /** What is said below the drawing; with `ofRun`, after the name and settings of the run looked at. */
  readonly caption: readonly string[];
  readonly ofRun?: boolean;
  /** Every value that is drawn, as parts of a file. */
  readonly csv?: () => Iterable<string>;
}

/** Takes the drawing of the figure, or of the part marked `data-picture`, that the buttons stand in out as a picture with its caption. */
export function PictureButtons({ title, fileName, legend = [], rows, caption, ofRun = true, csv }: Props) {
  const { store } = useStudio();
  const [problem, setProblem] = useState<string | null>(null);
  const save = async (button: HTMLElement, format: "svg" | "png"): Promise<void> => {
    const drawing = button.closest("figure, [data-picture]")?.querySelector(DRAWING);
    if (!(drawing instanceof SVGSVGElement || drawing instanceof HTMLElement)) return;
    setProblem(null);
    try {
      const { open, descriptions } = store.getState().facts;
      const run = ofRun && open !== null ? runWords(open.record, descriptions[open.record.id]) : [];
      const svg = pictureSvg(drawing, { title, legend, rows, caption: [...run, ...caption] });
      const picture = format === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await picturePng(svg);
      download(picture, `splitnet-${fileName}.${format}`);
    } catch (error) {
      setProblem(text.pictures.failed(error instanceof Error ? error.message : String(error)));
    }
  };
  return (
    <span className="picture-buttons">
      {(["svg", "png"] as const).map((format) => (
        <button
          key={format}
          type="button"
          className="button button-quiet"
          aria-label={text.pictures.label(title, text.pictures.save[format])}
          onClick={({ currentTarget }: MouseEvent<HTMLElement>) => void save(currentTarget, format)}
        >
          {text.pictures.save[format]}
        </button>
      ))}
      {csv !== undefined && <CsvButton title={title} fileName={fileName} csv={csv} />}
      {problem !== null && (
        <span className="wrong" role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}

function runWords(record: Parameters<typeof runName>[0], description: Parameters<typeof runName>[1]): string[] {
  const { config, datasetSource } = record;
  return [
    text.pictures.run(runName(record, description), record.id),
    text.pictures.settings(config.preset, config.grouping, config.seed, datasetSource),
  ];
}
