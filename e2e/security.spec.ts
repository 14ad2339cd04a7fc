import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import { unzipSync } from "fflate";
import { sampleDataset } from "../src/data/sample";
import { binaryArchive } from "../src/data/write-archive";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;
const folder = "artifacts/data";
const MARKUP = `<img src=x onerror="document.title='owned'">`;

interface Watch {
  readonly problems: string[];
  readonly requests: string[];
  /** Resolves once the page's worker is watched too. */
  readonly workerWatched: Promise<void>;
}

/** Everything that a page does against its policy, and everything that it asks of the network. */
async function watch(page: Page): Promise<Watch> {
  const [problems, requests]: [string[], string[]] = [[], []];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("request", (request) => requests.push(request.url()));
  const workerWatched = page.waitForEvent("worker").then((worker) =>
    worker.evaluate(() => {
      self.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        console.error(`worker: ${violatedDirective}: ${blockedURI}`),
      );
    }),
  );
  await page.exposeFunction("violated", (what: string) => problems.push(what));
  await page.addInitScript(() => {
    const { violated } = window as unknown as { violated: (what: string) => void };
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      violated(`${violatedDirective}: ${blockedURI}`),
    );
  });
  return { problems, requests, workerWatched };
}

async function press(page: Page, button: string, announced: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  await expect(page.getByRole("status")).toContainText(announced, { timeout: 5 * MINUTE_MS });
}

/** The model card of the bundle that can be downloaded. */
async function exportedCard(page: Page): Promise<string> {
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: /^Download splitnet-/ }).click();
  const files = unzipSync(readFileSync(await (await downloading).path()));
  return new TextDecoder().decode(files["README.md"]);
}

test("the built page carries its policy itself, and obeys it", async ({ page }) => {
  const { problems, workerWatched } = await watch(page);
  await page.goto("/");
  await workerWatched;
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
  expect(policy).toContain("default-src 'none'");
  // Of what the page itself makes, pictures alone may be shown, and nothing run.
  expect(policy?.replace("img-src 'self' blob:", "")).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
  expect(problems).toEqual([]);

  // The watch itself works: what the policy forbids is seen.
  await page.evaluate(() => {
    document.body.append(Object.assign(document.createElement("script"), { textContent: "document.title = 'owned'" }));
  });
  await expect.poll(() => problems.join()).toContain("script-src");
  expect(await page.evaluate(() => fetch("/favicon.svg").then(String, String))).toContain("TypeError");
  expect(await page.title()).toBe("SplitNet Studio");
});

test("the worker obeys the policy that its server sends", async ({ page }) => {
  const { problems, workerWatched } = await watch(page);
  await page.goto("/");
  await workerWatched;
  await expect(page.getByText("No data set yet")).toBeVisible();
  expect(problems).toEqual([]);
  const [worker] = page.workers();
  const tried = await worker!.evaluate(async () => {
    const fetched = await fetch("/favicon.svg").then(String, String);
    // Later than the inspector's own call, which may evaluate what the policy forbids.
    await new Promise((resolve) => setTimeout(resolve, 10));
    try {
      return [fetched, String(new Function("return 'owned'")())];
    } catch (error) {
      return [fetched, String(error)];
    }
  });
  expect(tried).toEqual([expect.stringContaining("TypeError"), expect.stringContaining("EvalError")]);
  await expect.poll(() => problems.join()).toContain("worker: script-src");
});

test("a job from data to a verified export asks nothing of the network but the page's own files", async ({ page, baseURL }) => {
  const archive = sampleArchive();
  const { problems, requests, workerWatched } = await watch(page);
  await page.goto("/?preset=tiny");
  await workerWatched;
  await expect(page.getByText("Software adapter").first()).toBeVisible();
  const opened = requests.length;
  await dropFiles(page, [archive]);
  await expect(page.getByRole("status")).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest", evaluation: { batchSize: 20 } });
    Object.assign(config.group!, { steps: 2, batchSize: 4, validateEverySteps: 2, checkpointEverySteps: 2 });
    Object.assign(config.finetune!, { steps: 2, batchSize: 4, validateEverySteps: 2, checkpointEverySteps: 2 });
  });
  await press(page, "Group", "Grouping finished");
  await press(page, "Split", "Fine-tuning finished");
  await press(page, "Evaluate", "Evaluated: unsplit");
  await press(page, "Export", "Exported splitnet-");
  const before = requests.length;
  await press(page, "Verify in other programs", "Verified: the exported files give the studio's logits");
  await expect(page.getByRole("row", { name: /^onnx\/path_1\.onnx/ })).toContainText("100 / 100");
  await keepScreenshot(page, "15-verified");
  // Its worker, and the program that the worker runs: nobody else loads that. Their hashes may have hyphens.
  expect(requests.slice(before).map((url) => url.replace(/^.*\/assets\/([\w-]+)-[\w-]{8}\./, "$1."))).toEqual([
    "verify-worker.js",
    "ort-wasm-simd-threaded.wasm",
  ]);
  for (const url of requests) expect(url.startsWith(`${baseURL}/`), url).toBe(true);
  // Parts of the page that are loaded where they are first needed, each once.
  // The browser asks for its icon again where the address changes.
  const later = requests.slice(opened).filter((url) => !url.endsWith("/favicon.svg"));
  expect(later.filter((url) => !/\/assets\/[\w.-]+\.(js|wasm)$/.test(url))).toEqual([]);
  expect(new Set(later).size).toBe(later.length);

  // The same before the files are packed, which a worker hands to the other one by one.
  await page.getByRole("checkbox", { name: "Verify first, and put the figures in the model card" }).check();
  await press(page, "Export", "Exporting the model");
  await expect(page.getByRole("status")).toContainText("Verified", { timeout: 5 * MINUTE_MS });
  const card = await exportedCard(page);
  expect(card).toMatch(/^\| `onnx\/path_1\.onnx` \(one path\) \| 100 \| \d\.\de-\d+ \| 100 \(100\.00 %\) \|$/m);
  expect(card).toContain("in TensorFlow.js");
  await expect(page.getByText("Run before they were packed")).toBeVisible();
  expect(problems).toEqual([]);
});

test("names and messages out of files are text, never markup", async ({ page }) => {
  mkdirSync(folder, { recursive: true });
  const { dataset } = sampleDataset({ classes: 4, superclasses: 2, train: 100, test: 20, seed: 7 });
  const hostile = {
    ...dataset,
    classes: dataset.classes.map((name, label) => (label === 0 ? MARKUP : name)),
    superclasses: dataset.superclasses.map((name, label) => (label === 0 ? "<script>document.title='owned'</script>" : name)),
  };
  const file = `${folder}/<img src=x onerror=alert(1)>.tar.gz`;
  writeFileSync(file, await binaryArchive(hostile));
  const damaged = `${folder}/<b>damaged.tar.gz`;
  writeFileSync(damaged, readFileSync(file).subarray(0, 5000));

  const { problems, workerWatched } = await watch(page);
  await page.goto("/");
  await workerWatched;
  await dropFiles(page, [file]);
  await expect(page.getByRole("status")).toContainText("Data set ready: <img src=x onerror=alert(1)>.tar.gz");
  await page.getByText("Images per class", { exact: true }).click();
  await expect(page.getByRole("rowheader", { name: MARKUP })).toBeVisible();
  await dropFiles(page, [damaged]);
  await expect(page.getByRole("alert")).toContainText("<b>damaged.tar.gz");
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.title()).not.toContain("owned");
  await keepScreenshot(page, "10-hostile-names");
  expect(problems).toEqual([]);
});
