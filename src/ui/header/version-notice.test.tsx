import { expect, test } from "vitest";
import { sampleTraining } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { VersionNotice, VersionNoticeView } from "./version-notice";

const draw = (activity: Parameters<typeof VersionNoticeView>[0]["activity"], elsewhere: boolean) =>
  renderAfter(<VersionNoticeView activity={activity} elsewhere={elsewhere} onLoad={() => undefined} />, []);

test("a newer version is offered only while nothing runs, here or in another tab", () => {
  expect(buttonNamed(draw({ kind: "idle" }, false), "Load the new version")).not.toBeNull();
  for (const markup of [draw(sampleTraining(5), false), draw({ kind: "idle" }, true)]) {
    expect(buttonNamed(markup, "Load the new version")).toBeNull();
    expect(textOf(markup)).toContain("once nothing runs");
  }
});

test("without a newer version nothing is said", () => {
  expect(renderAfter(<VersionNotice />, [])).toBe("");
});
