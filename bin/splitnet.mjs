#!/usr/bin/env node
import { existsSync } from "node:fs";

const program = new URL("../dist/cli/splitnet.js", import.meta.url);

if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write("splitnet: the command line is not built (dist/cli/splitnet.js is missing). Run `npm run build:cli`.\n");
  process.exitCode = 1;
}
