import { join, resolve } from "node:path";
import type { ExportOptions } from "../engine/export-options";
import { exportStage, type VerifyExport } from "../engine/export-stage";
import { unlessStopped } from "../engine/stages";
import { writeWhole } from "./files";
import type { Session } from "./session";

/** Writes the bundle, into the run's folder unless told otherwise. */
export async function exportZip(session: Session, out?: string, options?: ExportOptions, verify?: VerifyExport): Promise<void> {
  await session.perform("export", async (context, id) => {
    return unlessStopped(context, async () => {
      const bundle = await exportStage(context, id, options, verify);
      if (bundle !== null)
        await writeWhole(out === undefined ? join(session.folder.path, bundle.fileName) : resolve(out), bundle.stream);
      return bundle;
    });
  });
}
