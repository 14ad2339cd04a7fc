import { toErrorValue } from "../base/errors";
import type { Verification } from "../splitnet/verification";
import { bundleFilesOf } from "./bundle-files";
import type { VerificationMessage, VerificationRequest } from "./messages";
import { type Programs, verifyBundle, verifyFiles } from "./verify-bundle";

/** Takes the requests of one verification, and posts how far it is and what came of it. Files that are asked for by name are kept no longer than they are used. */
export function verifyService(
  programs: Programs,
  post: (message: VerificationMessage) => void,
): (request: VerificationRequest) => void {
  const waiting = new Map<string, (bytes: Uint8Array) => void>();
  const options = { onFile: (done: number, total: number) => post({ kind: "progress", done, total }) };
  const asked = (name: string): Promise<Uint8Array> =>
    new Promise((resolve) => {
      waiting.set(name, resolve);
      post({ kind: "needs", name });
    });
  const answer = async (work: () => Promise<Verification>): Promise<void> => {
    try {
      post({ kind: "verified", verification: await work() });
    } catch (error) {
      post({ kind: "failed", error: toErrorValue(error) });
    }
  };
  return (request) => {
    switch (request.kind) {
      case "bundle":
        void answer(async () => verifyBundle(new Uint8Array(await request.file.arrayBuffer()), programs, options));
        break;
      case "files":
        void answer(() =>
          verifyFiles(bundleFilesOf(new Map(request.names.map((name) => [name, name])), asked), programs, options),
        );
        break;
      case "made":
        waiting.get(request.name)?.(request.bytes);
        waiting.delete(request.name);
        break;
      default:
        request satisfies never;
    }
  };
}
