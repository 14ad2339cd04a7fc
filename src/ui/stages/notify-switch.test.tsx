import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { textOf } from "../testing";
import { NotifySwitchView } from "./notify-switch";

const render = (permission: NotificationPermission | null, on: boolean) =>
  renderToStaticMarkup(<NotifySwitchView permission={permission} on={on} onChange={() => undefined} />);

test("the switch is on only where the browser allows notifications, and says why not otherwise", () => {
  expect(render("granted", true)).toContain('aria-checked="true"');
  expect(textOf(render("granted", true))).toContain("A notification tells when it has ended");
  expect(render("default", true)).toContain('aria-checked="false"');
  expect(render("denied", true)).toMatch(/disabled=""/);
  expect(textOf(render("denied", true))).toContain("The browser refuses");
  expect(textOf(render(null, false))).toContain("knows no notifications");
});
