import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { SplitOnTheSpot } from "../../engine/split-on-the-spot";
import { readJson, writeWhole } from "../files";
import type { RunFolder } from "../run-folder";

const share = z.number().min(0).max(1);
const schema = z.strictObject({ unsplit: share, preActivation: share, postActivation: share });

/** Shares of test images classified right: by the grouped network, and by what it is cut into in either order of blocks, before fine-tuning. */
export type OnTheSpot = Readonly<z.infer<typeof schema>>;

const pathIn = (folder: RunFolder): string => join(folder.path, "split-on-the-spot.json");

/** Null where it was not measured; what cannot be read is measured again. */
export async function onTheSpotOf(folder: RunFolder): Promise<OnTheSpot | null> {
  const path = pathIn(folder);
  if (!existsSync(path)) return null;
  return schema.safeParse(await readJson(path).catch(() => null)).data ?? null;
}

export async function keepOnTheSpot(folder: RunFolder, { unsplit, split }: SplitOnTheSpot): Promise<void> {
  const measured: OnTheSpot = {
    unsplit: unsplit.top1,
    preActivation: split["pre-activation"].top1,
    postActivation: split["post-activation"].top1,
  };
  await writeWhole(pathIn(folder), new TextEncoder().encode(`${JSON.stringify(measured, null, 2)}\n`));
}
