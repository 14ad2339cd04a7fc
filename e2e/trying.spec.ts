import { expect, type JSHandle, type Page } from "@playwright/test";
import { changeConfiguration, dropFiles, keepScreenshot, sampleArchive } from "./support";
import { test } from "./told-test";

const MINUTE_MS = 60_000;

/** A picture three times as wide as high, as files in a drag or a paste: blue at both sides, red above green in the middle. */
function pictureFiles(page: Page): Promise<JSHandle<DataTransfer>> {
  return page.evaluateHandle(async () => {
    const canvas = new OffscreenCanvas(300, 100);
    const context = canvas.getContext("2d")!;
    const fill = (colour: string, x: number, y: number, width: number, height: number): void => {
      context.fillStyle = colour;
      context.fillRect(x, y, width, height);
    };
    fill("#0000ff", 0, 0, 300, 100);
    fill("#ff0000", 100, 0, 100, 50);
    fill("#00ff00", 100, 50, 100, 50);
    const data = new DataTransfer();
    data.items.add(new File([await canvas.convertToBlob({ type: "image/png" })], "flag.png", { type: "image/png" }));
    return data;
  });
}

test("an image of one's own and a test image are tried on both networks, in the browser alone", async ({ page }) => {
  await page.goto("/?preset=tiny");
  await dropFiles(page, [sampleArchive()]);
  const status = page.getByRole("status");
  await expect(status).toContainText("Data set ready");
  await changeConfiguration(page, (config) => {
    Object.assign(config, { emptyGroups: "assign-nearest" });
    Object.assign(config.group!, { steps: 6, batchSize: 4, learningRateDrops: [] });
    Object.assign(config.finetune!, { steps: 3, batchSize: 4, learningRateDrops: [] });
  });
  const panel = page.getByRole("region", { name: "Try it" });
  await expect(panel).toContainText("Once a run is grouped");
  await page.getByRole("button", { name: "Group", exact: true }).click();
  await expect(status).toContainText("Grouping finished", { timeout: 2 * MINUTE_MS });

  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  const random = panel.getByRole("button", { name: "Random test image" });
  await random.focus();
  await page.keyboard.press("Enter");
  await expect(panel).toContainText(/Group \d fires with/);
  await expect(panel).toContainText(/Test image \d+, /);
  await expect(panel.getByRole("table")).toHaveCount(2);

  await page.getByRole("button", { name: "Split", exact: true }).click();
  await expect(status).toContainText("Fine-tuning finished", { timeout: 2 * MINUTE_MS });
  await expect(panel).not.toContainText("fires with");
  await drop(page);
  await expect(panel).toContainText(/Branch \d: group \d fires with \d+\.\d%: trunk › branch \d\./);
  await expect(panel.getByRole("table")).toHaveCount(3);
  expect(await fedPixels(page)).toEqual({ above: "#ff0000", below: "#00ff00", left: "#ff0000", right: "#00ff00" });
  await expect(page.getByText("Drop to read the archive")).toHaveCount(0);

  await expect(page.getByRole("region", { name: "Split tree" }).locator(".is-lit").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("region", { name: "Split tree" }).locator(".is-lit")).toHaveCount(0);
  await keepScreenshot(page, "43-try-it");

  await panel
    .locator("input[type=file]")
    .setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no image") });
  await expect(panel).toContainText("notes.txt could not be read as an image");
  await expect(panel).toContainText("Choose a PNG, JPEG or WebP file");
  await paste(page);
  await expect(panel).toContainText("flag.png, as it is fed: 32 × 32 pixels");
  expect(requests.filter((url) => !url.startsWith("blob:"))).toEqual([]);

  await page.reload();
  await expect(panel).toContainText("It stays in this browser");
  await expect(panel).not.toContainText("flag.png");
});

async function drop(page: Page): Promise<void> {
  const dataTransfer = await pictureFiles(page);
  for (const type of ["dragenter", "dragover", "drop"]) await page.dispatchEvent(".try", type, { dataTransfer });
}

async function paste(page: Page): Promise<void> {
  await page.evaluate(
    (clipboardData) => document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true })),
    await pictureFiles(page),
  );
}

/** Colours of the corners of the image that is shown as fed: the sides of the picture are cut off. */
function fedPixels(page: Page) {
  return page.locator(".try-fed canvas").evaluate((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement) || canvas.width !== 32 || canvas.height !== 32) throw new Error("not 32 x 32");
    const pixels = canvas.getContext("2d")!.getImageData(0, 0, 32, 32).data;
    const at = (x: number, y: number): string =>
      `#${[0, 1, 2].map((channel) => pixels[4 * (32 * y + x) + channel]!.toString(16).padStart(2, "0")).join("")}`;
    return { above: at(16, 2), below: at(16, 29), left: at(0, 2), right: at(31, 29) };
  });
}
