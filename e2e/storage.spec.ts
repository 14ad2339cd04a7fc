import { expect, type Page } from "@playwright/test";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";
import { test } from "./told-test";

const archive = sampleArchive();
const MINUTE_MS = 60_000;

/** When the page heard that storage refuses, and when it showed it, both in milliseconds since it was opened. */
interface Told {
  heard: number;
  shown: number;
}

/** Notes the two moments in the page, by listening to its worker and watching its alerts. */
async function noteWhenTold(page: Page): Promise<() => Promise<Told>> {
  await page.addInitScript(() => {
    const told: Told = { heard: 0, shown: 0 };
    Object.defineProperty(window, "told", { value: told });
    const listen = (worker: Worker) =>
      worker.addEventListener("message", ({ data }) => {
        if (data?.event?.kind === "runTroubled") told.heard ||= performance.now();
      });
    const Original = window.Worker;
    window.Worker = class extends Original {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        listen(this);
      }
    };
    new MutationObserver(() => {
      const shown = document.querySelector(".errors")?.textContent?.includes("training goes on in memory");
      if (shown) requestAnimationFrame(() => (told.shown ||= performance.now()));
    }).observe(document, { childList: true, subtree: true });
  });
  return () => page.evaluate<Told>("window.told");
}

test("storage without room shows a banner, training goes on in memory, and catches up when there is room", async ({
  page,
  baseURL,
}) => {
  const told = await noteWhenTold(page);
  await page.goto("/?preset=tiny");
  await dropFiles(page, [archive]);
  await expect(page.getByRole("status")).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest" });
    Object.assign(config.group!, {
      steps: 150,
      batchSize: 4,
      validateEverySteps: 200,
      checkpointEverySteps: 5,
      learningRateDrops: [],
    });
  });
  await page.getByRole("button", { name: "Group", exact: true }).click();
  await expect(page.getByText("Last checkpoint")).toBeVisible({ timeout: 5 * MINUTE_MS });

  const devtools = await page.context().newCDPSession(page);
  const quota = (quotaSize?: number) =>
    devtools.send("Storage.overrideQuotaForOrigin", { origin: baseURL!, ...(quotaSize && { quotaSize }) });
  await quota(1000);
  const banner = page.getByRole("alert").filter({ hasText: "training goes on in memory" });
  await expect(banner).toBeVisible({ timeout: MINUTE_MS });
  await expect(banner.getByRole("link", { name: /^Save .*group-step-\d+\.safetensors yourself/ })).toBeVisible();
  const { heard, shown } = await told();
  console.log(`the banner stood ${(shown - heard).toFixed(0)} ms after the page heard that storage refuses`);
  expect(heard).toBeGreaterThan(0);
  expect(shown).toBeGreaterThanOrEqual(heard);
  expect(shown - heard).toBeLessThan(1000);
  await keepScreenshot(page, "storage-full");
  const step = () => page.getByRole("progressbar", { name: "Grouping" }).evaluate((bar: HTMLProgressElement) => bar.value);
  const before = await step();
  await expect.poll(step, { timeout: MINUTE_MS }).toBeGreaterThan(before);

  await quota();
  await expect(banner).toBeHidden({ timeout: MINUTE_MS });
  await expect(page.getByRole("status")).toContainText("Grouping finished", { timeout: 5 * MINUTE_MS });
});
