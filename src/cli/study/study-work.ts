import { join } from "node:path";
import { type ErrorValue, StudioError, toErrorValue } from "../../base/errors";
import { type SampleOptions, sampleDataset } from "../../data/sample";
import { aboutLevel } from "../../data/sample-levels";
import { binaryArchive } from "../../data/write-archive";
import { splitOnTheSpot } from "../../engine/split-on-the-spot";
import type { Config } from "../../model/config";
import { parseGrouping } from "../../model/grouping";
import { writeWhole } from "../files";
import { InterruptedError } from "../interrupt";
import { RunFolder } from "../run-folder";
import { group, inSession, trainAndEvaluate } from "../run-stages";
import type { Session, Tools } from "../session";
import { keepOnTheSpot, onTheSpotOf } from "./on-the-spot-file";
import type { Study, StudyKind } from "./study";

/** What a study is: everything its numbers depend on. */
export interface StudySettings {
  readonly study: Study;
  readonly sample: SampleOptions;
  /** Of the learned runs; their seeds are those of the study. */
  readonly recipe: Config;
  readonly seeds: readonly number[];
  /** Names of the kinds asked for. */
  readonly kinds: readonly string[];
  /** Whether runs end with their groups: no fine-tuning, and nothing that needs it. */
  readonly groupingOnly: boolean;
}

/** One run of a study, and what ended it too early. */
export interface StudyRun {
  readonly kind: StudyKind;
  readonly seed: number;
  readonly folder: RunFolder;
  readonly failure: ErrorValue | null;
}

/** Where the run of a kind and a seed lies. */
function runFolder(out: string, kind: string, seed: number): RunFolder {
  return new RunFolder(join(out, "runs", `${kind}-${seed}`));
}

/**
 * Trains what is not finished yet, seed by seed. A run that fails is told and does not end the study; an interrupt does, and the same call then
 * continues. The archive of the images is drawn into the folder.
 */
export async function trainStudy(out: string, settings: StudySettings, tools: Tools): Promise<readonly StudyRun[]> {
  const archive = join(out, "sample.tar.gz");
  await writeWhole(
    archive,
    await binaryArchive(sampleDataset(settings.sample).dataset, aboutLevel(settings.sample.level ?? "easy")),
  );
  const runs: StudyRun[] = [];
  for (const seed of settings.seeds) {
    for (const kind of kindsOf(settings)) {
      const name = `${kind.name}, seed ${seed}`;
      const folder = runFolder(out, kind.name, seed);
      tools.progress.note(`${name}: in ${folder.path}`);
      const failure = await failureOf(async () => {
        const config = await kind.config(settings.recipe, seed, (other) => runFolder(out, other, seed));
        await trainRun({ folder, archive, config, groupingOnly: settings.groupingOnly }, tools);
      });
      if (failure !== null) tools.progress.note(`${name}: failed: ${failure.message}`);
      runs.push({ kind, seed, folder, failure });
    }
  }
  return runs;
}

/** Those asked for and those that they are made from, in the order in which they build on each other. */
function kindsOf({ study, kinds, groupingOnly }: StudySettings): readonly StudyKind[] {
  const wanted = study.kinds.filter(({ name, learns }) => kinds.includes(name) && (learns || !groupingOnly));
  const needed = new Set(wanted.flatMap(({ name, from }) => [name, ...from]));
  return study.kinds.filter(({ name }) => needed.has(name));
}

interface RunToTrain {
  readonly folder: RunFolder;
  readonly archive: string;
  readonly config: Config;
  readonly groupingOnly: boolean;
}

async function trainRun({ folder, archive, config, groupingOnly }: RunToTrain, tools: Tools): Promise<void> {
  const wish = { config, data: [archive], starts: true };
  await inSession(folder, wish, tools, async (session) => {
    await group(session);
    if (isSplit(config)) await measureOnTheSpot(session, folder);
    if (groupingOnly) return;
    // What a group without members costs shows in the accuracy; the study goes on.
    await trainAndEvaluate(session, "assign-nearest");
  });
}

/** A network without groups loses nothing when it is cut. */
function isSplit({ grouping }: Config): boolean {
  return parseGrouping(grouping).classes > 1;
}

/** Once for every run: it does not depend on what comes after the groups. */
async function measureOnTheSpot(session: Session, folder: RunFolder): Promise<void> {
  if ((await onTheSpotOf(folder)) !== null) return;
  const measured = await session.perform("split on the spot", splitOnTheSpot);
  if (measured !== null) await keepOnTheSpot(folder, measured);
}

/** What a person can read of a failure; null where there was none. Interrupts, and faults of the program, are not the run's. */
async function failureOf(work: () => Promise<void>): Promise<ErrorValue | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof InterruptedError || !(error instanceof StudioError)) throw error;
    return toErrorValue(error);
  }
}
