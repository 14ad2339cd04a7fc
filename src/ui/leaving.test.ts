import { expect, test } from "vitest";
import { leavingGuard } from "./leaving";

const asks = (page: EventTarget) => !page.dispatchEvent(new Event("beforeunload", { cancelable: true }));

test("the browser asks before the page is left only while something would be lost", () => {
  const page = new EventTarget();
  const guard = leavingGuard(page);
  expect(asks(page)).toBe(false);
  const asked = [true, true, false, false, true].map((loses) => {
    guard(loses);
    return asks(page);
  });
  expect(asked).toEqual([true, true, false, false, true]);
});
