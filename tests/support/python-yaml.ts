import { spawnSync } from "node:child_process";
import { PYTHON } from "./event-reader";

const PROGRAM = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin.buffer.read())))";

/** What an independent reader takes a YAML text for. */
export function readYaml(text: string): unknown {
  const { error, status, stdout, stderr } = spawnSync(PYTHON, ["-c", PROGRAM], { input: text, encoding: "utf8" });
  if (error !== undefined)
    throw new Error(`${PYTHON} cannot be started (${error.message}): install Debian's packages python3 and python3-yaml`);
  if (stderr.includes("No module named 'yaml'"))
    throw new Error(`${PYTHON} has no PyYAML: install Debian's package python3-yaml`);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
