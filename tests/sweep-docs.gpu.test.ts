import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../scripts/lib/project.mjs";
import { buildProgram, PROGRAM } from "../src/cli/testing-process";

/** The example of docs/sweeps.md is run as it stands there. */

let folder: string;

beforeAll(async () => {
  await buildProgram();
  folder = mkdtempSync(join(tmpdir(), "splitnet-sweep-docs-"));
  const shim = join(folder, "splitnet");
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  chmodSync(shim, 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const docs = readFileSync(join(root, "docs", "sweeps.md"), "utf8");

/** The blocks of a language, in the order of the page. */
function blocks(language: string): string[] {
  return [...docs.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, text]) => text ?? "");
}

test("the example's file and commands do what the page says", () => {
  const [file = ""] = blocks("yaml");
  const [commands = ""] = blocks("sh");
  expect(commands.match(/^splitnet /gm)?.length).toBe(4);
  writeFileSync(join(folder, "penalties.yaml"), file);
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const out = execFileSync("sh", ["-e", "-c", commands], {
    cwd: folder,
    encoding: "utf8",
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect(out.match(/ waiting /g)?.length).toBe(4);
  expect(out.match(/ finished /g)?.length).toBe(4);
  expect(out).toContain("4 runs at 2 points from 1 folders: 4 finished, 0 not, 0 in no folder");
  const report = JSON.parse(readFileSync(join(folder, "report", "report.json"), "utf8"));
  expect(report.points.map(({ values, finished }: { values: object; finished: number }) => [values, finished])).toEqual([
    [{ "group.penalties.weightSplit": "1" }, 2],
    [{ "group.penalties.weightSplit": "4" }, 2],
  ]);
  expect(readFileSync(join(folder, "report", "report.md"), "utf8")).toContain("| 4 | 2 of 2 |");
});
