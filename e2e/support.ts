import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = `${root}artifacts/data`;

/** Runs the command line, as a person would; returns what it prints on standard output. */
export function splitnet(...args: string[]): string {
  return execFileSync("node", [`${root}bin/splitnet.mjs`, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

/** A sample archive of six classes in two families, small enough for a software adapter. */
export function sampleArchive(): string {
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/sample.tar.gz`;
  splitnet("sample", "--out", file, "--classes", "6", "--superclasses", "2", "--train", "60", "--test", "100", "--seed", "3");
  return file;
}

/** Drops files on the page as a drag from the desktop does. */
export async function dropFiles(page: Page, files: readonly string[]): Promise<void> {
  const contents = files.map((file) => ({
    name: file.slice(file.lastIndexOf("/") + 1),
    base64: readFileSync(file).toString("base64"),
  }));
  const transfer = await page.evaluateHandle((dropped) => {
    const data = new DataTransfer();
    for (const { name, base64 } of dropped) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    return data;
  }, contents);
  for (const type of ["dragenter", "dragover", "drop"]) await page.dispatchEvent("body", type, { dataTransfer: transfer });
}

/** Changes fields of the configuration through its JSON, as a person who pastes one does. */
export async function changeConfiguration(
  page: Page,
  change: (config: Record<string, Record<string, unknown>>) => void,
): Promise<void> {
  await page.getByText("Full configuration as JSON").click();
  const editor = page.getByLabel("Edit or paste, then apply.");
  const config: Record<string, Record<string, unknown>> = JSON.parse(await editor.inputValue());
  change(config);
  await editor.fill(JSON.stringify(config));
  await page.getByRole("button", { name: "Apply JSON" }).click();
  await page.getByText("Full configuration as JSON").click();
}

/** Keeps a screenshot of a state, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${root}artifacts/screenshots/${name}.png`, fullPage: true });
}

/** A point of a curve as the browser has stored it. */
export interface StoredPoint {
  readonly kind: "step" | "validation";
  readonly stage: string;
  readonly step: number;
  /** Unix milliseconds. */
  readonly time: number;
}

interface PointColumns {
  readonly step: Float64Array;
  readonly time: Float64Array;
}

/** Metrics as the browser stores them (`CurveColumns`). */
type Chunk = Readonly<Record<"group" | "finetune", { readonly steps: PointColumns; readonly validations: PointColumns }>>;

/** Every point of the curves of every run: of each stored chunk steps and validations of each stage, in the order stored. */
export async function storedPoints(page: Page): Promise<StoredPoint[]> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open("splitnet-studio");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const chunks = await new Promise<{ columns: Chunk; superseded?: boolean }[]>((resolve, reject) => {
      const request = database.transaction("metrics").objectStore("metrics").getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    database.close();
    return chunks.flatMap(({ columns, superseded }) =>
      superseded
        ? []
        : (["group", "finetune"] as const).flatMap((stage) =>
            (["steps", "validations"] as const).flatMap((name) => {
              const { step, time } = columns[stage][name];
              const kind = name === "steps" ? ("step" as const) : ("validation" as const);
              return Array.from(step, (value, index) => ({ kind, stage, step: value, time: time[index]! }));
            }),
          ),
    );
  });
}
