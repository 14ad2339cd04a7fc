import ask from "../../serving/ask.mjs?raw";
import batches from "../../serving/batches.mjs?raw";
import client from "../../serving/client.mjs?raw";
import connection from "../../serving/connection.mjs?raw";
import errors from "../../serving/errors.mjs?raw";
import natsConf from "../../serving/nats.conf?raw";
import manifest from "../../serving/package.json?raw";
import partSession from "../../serving/part-session.mjs?raw";
import parts from "../../serving/parts.mjs?raw";
import readme from "../../serving/README.md?raw";
import requirements from "../../serving/requirements.txt?raw";
import serveApp from "../../serving/serve_app.py?raw";
import tensors from "../../serving/tensors.mjs?raw";
import worker from "../../serving/worker.mjs?raw";
import type { NetworkPart } from "../splitnet/parts";
import type { ExportInput } from "./export-input";
import { partsJson } from "./parts-json";
import { type ExportFile, jsonFile, textFile } from "./zip";

/** Programs of the bundle as they stand in the project's folder of that name: plain, so that they run on a machine that has nothing else of it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "README.md": readme,
  "ask.mjs": ask,
  "batches.mjs": batches,
  "client.mjs": client,
  "connection.mjs": connection,
  "errors.mjs": errors,
  "nats.conf": natsConf,
  "package.json": manifest,
  "part-session.mjs": partSession,
  "parts.mjs": parts,
  "requirements.txt": requirements,
  "serve_app.py": serveApp,
  "tensors.mjs": tensors,
  "worker.mjs": worker,
};

/** What serves the parts of this tree on several machines; nothing where there is one part. */
export function servingFiles(root: NetworkPart, input: Pick<ExportInput, "run" | "check">): readonly ExportFile[] {
  if (root.children.length === 0) return [];
  return [
    ...Object.entries(PROGRAMS).map(([name, text]) => textFile(`serving/${name}`, () => text)),
    jsonFile("serving/parts.json", () => partsJson(root, input)),
  ];
}
