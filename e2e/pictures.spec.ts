import { readFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import { openGallery } from "./gallery";
import { STATES } from "./gallery-states";
import { test } from "./told-test";

async function saved(page: Page, name: string): Promise<Buffer> {
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name, exact: true }).first().click();
  return readFileSync(await (await downloading).path());
}

test("charts, matrices and the tree are taken out as SVG and PNG that tell their title, run and settings", async ({ page }) => {
  const problems: string[] = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await page.emulateMedia({ colorScheme: "dark" });
  const gallery = await openGallery(page);
  await gallery.tell(STATES.finished.events);
  await page.locator(".recharts-surface").first().waitFor();
  const pictures = {
    "Loss terms": /Cross-entropy.*Fine-tuning, steps 0 to 599\. .*(all drawn|pixels; all 600 points)/,
    Accuracy: /bias-corrected moving average \(0\.95\)/,
    Confusion: /Split network on the test images, rows and columns ordered by group\..*logarithmic scale/,
    "Split tree": /branch 1.*of the parameters.*Branches are as thick as their parameters/,
  };
  for (const [title, words] of Object.entries(pictures)) {
    const svg = (await saved(page, `Save ${title} as SVG`)).toString("utf8");
    expect(svg).not.toMatch(/var\(|light-dark|class="/);
    const told = await page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
      if (parsed.querySelector("parsererror") !== null) throw new Error("the picture is no XML");
      return [...parsed.querySelectorAll("text")].map(({ textContent }) => textContent).join(" ");
    }, svg);
    expect(told).toMatch(new RegExp(`^${title} `));
    expect(told).toMatch(/run-1.*grouping 2-4-4, seed 1, sample data\./);
    expect(told.replaceAll(/\s+/g, " ")).toMatch(words);
    const png = await saved(page, `Save ${title} as PNG`);
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    // Twice as sharp as the page, and not one colour: that compresses to a few hundred bytes.
    expect(png.readUInt32BE(16)).toBe(2 * Number(/width="(\d+)/.exec(svg)?.[1]));
    expect(png.length).toBeGreaterThan(5000);
  }
  expect(problems).toEqual([]);
});

test("on paper the page is light, unfolded, and has nothing to press", async ({ page }) => {
  const gallery = await openGallery(page);
  await gallery.tell(STATES.finished.events);
  await page.getByLabel("Colours").selectOption("dark");
  await page.locator(".recharts-surface").first().waitFor();
  await page.emulateMedia({ media: "print" });
  const { ground, pressed, folded, wide } = await page.evaluate(() => ({
    ground: getComputedStyle(document.documentElement).backgroundColor,
    // Names that can be pressed, of columns, lines and classes, are words on paper.
    pressed: [...document.querySelectorAll(".button:not(th *), input[type=checkbox], input[type=range]")].filter((one) =>
      one.checkVisibility(),
    ).length,
    folded: [...document.querySelectorAll("details table, details .field")].filter(
      (one) => !one.checkVisibility({ contentVisibilityAuto: true }),
    ).length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  expect(ground).toBe("rgb(251, 251, 249)");
  expect({ pressed, folded, wide }).toEqual({ pressed: 0, folded: 0, wide: 0 });
});
