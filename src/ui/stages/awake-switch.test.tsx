import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { textOf } from "../testing";
import { AwakeSwitchView } from "./awake-switch";
import { keepScreenOn, type WakeState } from "./screen-wake";

/** A page and its wake locks, of which `held` stay; hiding the page takes them away, as browsers do. */
function browser() {
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const held = new Set<EventTarget>();
  let refuses = false;
  const release = (lock: EventTarget): void => {
    if (held.delete(lock)) lock.dispatchEvent(new Event("release"));
  };
  const locks = {
    async request() {
      if (refuses) throw new DOMException("not now", "NotAllowedError");
      const lock = Object.assign(new EventTarget(), { release: async () => release(lock) });
      held.add(lock);
      return lock;
    },
  };
  const show = (visible: boolean): Promise<void> => {
    page.visibilityState = visible ? "visible" : "hidden";
    if (!visible) for (const lock of held) release(lock);
    page.dispatchEvent(new Event("visibilitychange"));
    return new Promise((resolve) => setTimeout(resolve));
  };
  return { page, locks, held, show, refuse: (now: boolean) => (refuses = now) };
}

test("the screen is kept on while the page is seen, again after it was hidden, and no longer once told so", async () => {
  const { page, locks, held, show } = browser();
  const states: WakeState[] = [];
  const end = keepScreenOn(locks, page, (state) => states.push(state));
  await show(true);
  expect(held.size).toBe(1);
  await show(false);
  expect(held.size).toBe(0);
  await show(true);
  expect(held.size).toBe(1);
  expect(states).toEqual(["held", "hidden", "held"]);
  end();
  await show(true);
  expect(held.size).toBe(0);
  expect(states).toHaveLength(3);
});

test("a refusal is told, and the browser is asked again when the page is seen again", async () => {
  const { page, locks, held, show, refuse } = browser();
  const states: WakeState[] = [];
  refuse(true);
  keepScreenOn(locks, page, (state) => states.push(state));
  await show(false);
  refuse(false);
  await show(true);
  expect(states).toEqual(["refused", "held"]);
  expect(held.size).toBe(1);
});

test("a lock that comes after the end is given back", async () => {
  const { page, locks, held, show } = browser();
  keepScreenOn(locks, page, () => undefined)();
  await show(true);
  expect(held.size).toBe(0);
});

test("the switch is off at first, says what it does, and is disabled where the browser has no such thing", () => {
  const draw = (available: boolean, on: boolean, state: WakeState = "held") =>
    renderToStaticMarkup(<AwakeSwitchView available={available} on={on} state={state} onChange={() => undefined} />);
  expect(draw(true, false)).toMatch(/<input type="checkbox" role="switch" aria-checked="false" aria-describedby="[^"]+"\/>/);
  expect(textOf(draw(true, true))).toContain("Closing the lid still");
  expect(textOf(draw(true, true, "refused"))).toContain("The browser refuses");
  expect(draw(false, true)).toContain("disabled");
  expect(draw(false, true)).toContain('aria-checked="false"');
  expect(textOf(draw(false, true))).toContain("cannot keep the screen on");
});
