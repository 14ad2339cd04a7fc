const KEY = "splitnet-scroll";
/** Panels have filled by then, or never will. */
const PATIENCE_MILLISECONDS = 20_000;
/** What a person does who scrolls, or wants the page to stay where it is. */
const OWN_SCROLLING = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

/**
 * Brings a reloaded page back to where it was scrolled to. The browser does so at once, when most panels are still empty and the page is
 * short: here it is done again each time the page has grown, until it has been tall enough for a while or the person scrolls.
 */
export function keepScroll(page: Window): void {
  page.history.scrollRestoration = "manual";
  page.addEventListener("pagehide", () => page.sessionStorage.setItem(KEY, String(page.scrollY)));
  const wanted = Number(page.sessionStorage.getItem(KEY) ?? 0);
  if (!isReload(page) || !(wanted > 0)) return;
  const grown = new ResizeObserver(() => page.scrollTo({ top: wanted, behavior: "instant" }));
  const stop = (): void => {
    grown.disconnect();
    clearTimeout(timer);
    for (const type of OWN_SCROLLING) page.removeEventListener(type, stop);
  };
  const timer = setTimeout(stop, PATIENCE_MILLISECONDS);
  for (const type of OWN_SCROLLING) page.addEventListener(type, stop, { passive: true });
  grown.observe(page.document.body);
}

function isReload(page: Window): boolean {
  return page.performance.getEntriesByType("navigation").some((entry) => "type" in entry && entry.type !== "navigate");
}
