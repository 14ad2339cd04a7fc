import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, type Page } from "@playwright/test";
import { openGallery } from "./gallery";
import { NOW_MS, STATES } from "./gallery-states";
import { test } from "./told-test";

// The font is loaded into the page, whose policy allows none. Half the resolution still shows what has moved, is gone or has another
// colour, at a third of the bytes: the pictures change with every panel.
test.use({ bypassCSP: true, locale: "en-GB", timezoneId: "UTC", deviceScaleFactor: 0.5 });

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

for (const theme of ["light", "dark"] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const [name, { address, events }] of Object.entries(STATES)) {
      test(`looks as it was last looked at: ${name}, ${theme}, ${size}`, async ({ page }) => {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
        await page.clock.setFixedTime(NOW_MS);
        const gallery = await openGallery(page, address);
        await page.addStyleTag({ content: ownFont() });
        await gallery.tell(events);
        await settled(page);
        // A dialog lies over what is in sight.
        const fullPage = name !== "exploring";
        await expect(page).toHaveScreenshot(`${name}-${theme}-${size}.png`, { fullPage, scale: "device" });
      });
    }
  }
}

/** The same letters on every machine: what fonts a system has differs. */
function ownFont(): string {
  const faces = [400, 500, 700].map((weight) => {
    const file = fileURLToPath(import.meta.resolve(`@fontsource/roboto/files/roboto-latin-${weight}-normal.woff2`));
    const source = `url(data:font/woff2;base64,${readFileSync(file).toString("base64")})`;
    return `@font-face { font-family: Roboto; font-weight: ${weight}; src: ${source}; }`;
  });
  return `${faces.join("\n")} * { font-family: Roboto !important; }`;
}

/** Everything told has been drawn: panels are redrawn every 0.7 s at most, and charts are loaded when there is a curve. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(1000);
  await page.waitForLoadState("networkidle");
}
