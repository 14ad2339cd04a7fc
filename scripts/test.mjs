// `npm test`: every check there is, on this machine. Finds a WebGPU adapter and a browser, installs what is missing where it can,
// and ends in one line: "N passed, N failed".
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { browserFolders, findBrowser } from "./lib/browser.mjs";
import { chooseDriver, driverCandidates, isSlow, isSwiftShader } from "./lib/drivers.mjs";
import { browserAdvice, driverAdvice, installBrowser, installLavapipe, installTestPackages } from "./lib/install.mjs";
import { cacheFolder } from "./lib/project.mjs";
import { countOf, countPlaywright, countVitest, reconcile, total } from "./lib/report.mjs";
import { show } from "./lib/run.mjs";
import { missingTestPackages, testPackageAdvice, withoutSlurm } from "./lib/test-programs.mjs";

const REPORTS = join(cacheFolder, "reports");
const VITEST_REPORT = join(REPORTS, "vitest.json");
const SWIFTSHADER_REPORT = join(REPORTS, "swiftshader.json");
const PLAYWRIGHT_REPORT = join(REPORTS, "playwright.json");

/** A Chrome or Chromium that starts, installed if need be. */
async function provideBrowser() {
  const present = findBrowser();
  if (present !== null) return present;
  console.log("No Chrome or Chromium here: installing one.");
  await installBrowser();
  return findBrowser();
}

/**
 * A driver that gives Node an adapter: a GPU, else lavapipe, which is installed if need be and possible, else SwiftShader.
 * @param {string | null} browser
 */
async function provideDriver(browser) {
  const choose = () => chooseDriver(driverCandidates({ swiftShaderFolders: browserFolders(browser) }));
  const present = choose();
  if (!isSlow(present)) return present;
  console.log("No GPU and no lavapipe here: trying to install lavapipe.");
  await installLavapipe();
  return choose();
}

/** The programs that check exports from outside, installed if need be. Without them the other tests still count, and theirs fail. */
async function provideTestPrograms() {
  const missing = missingTestPackages();
  if (missing.length === 0) return;
  console.log(`Missing for tests: ${missing.join(", ")}.`);
  await installTestPackages(missing);
  const still = missingTestPackages();
  if (still.length > 0)
    console.error([`\n${still.join(", ")} could not be installed: tests will fail.`, ...testPackageAdvice(still)].join("\n  "));
}

/**
 * @param {string} what
 * @param {readonly string[]} advice
 */
function giveUp(what, advice) {
  console.error([`\n${what}`, ...advice.map((line) => `  ${line}`), ""].join("\n"));
  console.log("0 passed, 1 failed");
  process.exit(1);
}

/** @param {string} file */
const readReport = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null);

/**
 * @param {string} title
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [environment]
 */
function step(title, command, args, environment = {}) {
  console.log(`\n== ${title}`);
  return show(command, args, { environment });
}

const browser = await provideBrowser();
if (browser === null) giveUp("No Chrome or Chromium was found, and none could be installed.", browserAdvice());
const driver = await provideDriver(browser);
if (driver === null) giveUp("No WebGPU adapter was found for Node, and none could be installed.", driverAdvice());
console.log(`browser: ${browser}\nadapter: ${driver?.description} by ${driver?.name}`);

await provideTestPrograms();
if (withoutSlurm()) console.log("SPLITNET_WITHOUT_SLURM=1: the test of a sweep on a Slurm cluster is left out.");

rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });
/** @type {import("./lib/report.mjs").Count[]} */
const counts = [];

counts.push(countOf(await step("format and lint", "npx", ["biome", "check", "--error-on-warnings", "."])));
counts.push(countOf(await step("types", "npx", ["tsc", "-b"])));
counts.push(countOf(await step("build of the command line", "node", ["scripts/build-cli.mjs"])));

/**
 * @param {string} title
 * @param {string} file
 * @param {readonly string[]} only
 * @param {Readonly<Record<string, string>>} [environment]
 */
async function vitest(title, file, only, environment) {
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const code = await step(title, "npx", ["vitest", "run", ...reporters, ...only], environment);
  const report = readReport(file);
  counts.push(reconcile(report && countVitest(report), code));
}

await vitest("unit and device tests", VITEST_REPORT, [], driver?.environment);
// The golden problems, and whole runs to the bit, hold on the other software driver too: it comes with the browser.
const swiftShader = chooseDriver(
  driverCandidates({ systemFolders: [], lavapipeFolder: "", swiftShaderFolders: browserFolders(browser) }).filter(isSwiftShader),
);
if (swiftShader !== null) {
  const only = ["--project=gpu", "src/train/golden", "src/train/fit"];
  await vitest("golden problems and whole runs on SwiftShader", SWIFTSHADER_REPORT, only, swiftShader.environment);
} else if (process.platform === "linux") {
  console.error("\nThe browser brought no SwiftShader: the golden problems did not run on it.");
  counts.push(countOf(1));
}

const buildCode = await step("build of the page", "npx", ["vite", "build"]);
counts.push(countOf(buildCode));
if (buildCode === 0) {
  const environment = { CHROME_PATH: browser ?? "", PLAYWRIGHT_JSON_OUTPUT_FILE: PLAYWRIGHT_REPORT };
  const code = await step("page tests", "npx", ["playwright", "test", "--reporter=list,json"], environment);
  const report = readReport(PLAYWRIGHT_REPORT);
  counts.push(reconcile(report && countPlaywright(report), code));
} else {
  counts.push(countOf(buildCode));
}

const { passed, failed } = total(counts);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
