import { type BrowserContext, test as plain } from "@playwright/test";

/** Playwright's `test`; of one that fails, every page that is open says what it shows and what its event log says. */
export const test = plain.extend<{ tellsOfFailure: undefined }>({
  tellsOfFailure: [
    async ({ context }, use, info) => {
      await use(undefined);
      if (info.status !== info.expectedStatus) await tell(context);
    },
    { auto: true },
  ],
});

async function tell(context: BrowserContext): Promise<void> {
  for (const page of context.pages()) {
    const [status] = await page.getByRole("status").allTextContents();
    const lines = await page.locator(".log-lines li").allTextContents();
    console.log([`${page.url()}: ${status ?? "no status"}`, ...lines].join("\n  "));
  }
}
