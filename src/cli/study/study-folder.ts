import { existsSync } from "node:fs";
import { join } from "node:path";
import { RequestError } from "../../base/errors";
import { readJson, writeWhole } from "../files";
import type { StudySettings } from "./study-work";

/**
 * Writes down what the folder's study is. Throws RequestError where it holds runs of another one: the seeds and kinds may grow, what their
 * numbers depend on may not change.
 */
export async function claimFolder(out: string, settings: StudySettings): Promise<void> {
  const path = join(out, "study.json");
  const { study, sample, recipe } = settings;
  const own = JSON.stringify({ study: study.name, sample, recipe }, null, 2);
  if (existsSync(path) && JSON.stringify(await readJson(path), null, 2) !== own) {
    throw new RequestError(
      `${out}: holds another study, or one of other images or another recipe`,
      "Choose another folder, or give the options that it was begun with (study.json).",
    );
  }
  await writeWhole(path, new TextEncoder().encode(own));
}
