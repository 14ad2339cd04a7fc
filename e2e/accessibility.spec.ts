import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { openGallery } from "./gallery";
import { STATES } from "./gallery-states";
import { test } from "./told-test";

/** A phone of usual size, and a computer. */
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

for (const theme of ["light", "dark"] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`axe finds nothing on any screen: ${theme}, ${size}`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      for (const [name, { address, events }] of Object.entries(STATES)) {
        const gallery = await openGallery(page, address);
        await gallery.tell(events);
        await page.evaluate(() => {
          for (const details of document.querySelectorAll("details")) details.open = true;
        });
        await page.waitForTimeout(800);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map(({ target }) => target.join(" ")) }));
        expect.soft(found, name).toEqual([]);
      }
    });
  }
}
