import { expect, test } from "vitest";
import { sampleHealth as health, READY } from "../../state/testing";
import { buttonNamed, renderAfter, textOf } from "../testing";
import { HealthPanel } from "./health-panel";
import { healthText } from "./health-rows";

test("before the engine has answered, the panel says that it asks", () => {
  expect(renderAfter(<HealthPanel />, READY)).toContain('aria-busy="true"');
});

test("adapter, limits, memory, speed, self-test, storage and browser are told, and what is not known as such", () => {
  const words = textOf(renderAfter(<HealthPanel />, [...READY, { kind: "healthRead", health }]));
  for (const fact of [
    "Vendor acme Architecture mark-2 Device not told Driver acme driver 535.1 Kind GPU Features shader-f16, subgroups",
    "Self-test failed, the stock kernels compute: loss l2: 3 instead of 2 maxBufferSize 2,147,483,648",
    "Held by the studio's kernels 123.4 MB Buffers 311",
    "ms a step, now (median) 100 (90) Images a second, now (median) 900 (1000)",
    "Checkpoints in OPFS Used of what is allowed 5.0 MB / 1.0 GB Promised to be kept yes",
    "Studio 0.1.0 Browser Example/1.0",
  ])
    expect(words).toContain(fact);
});

test("without a device or training the panel says so and tells the rest", () => {
  const nothing = { ...health, device: null, speed: null, storage: { filesIn: null, estimate: null } };
  const words = textOf(renderAfter(<HealthPanel />, [...READY, { kind: "healthRead", health: nothing }]));
  expect(words).toContain("No device is open.");
  expect(words).toContain("Nothing was trained on this visit.");
  expect(words).toContain("Checkpoints in not told");
});

test("everything shown can be copied as lines of text", () => {
  expect(
    buttonNamed(renderAfter(<HealthPanel />, [...READY, { kind: "healthRead", health }]), "Copy all as text"),
  ).not.toBeNull();
  const lines = healthText(health).split("\n");
  expect(lines[0]).toBe("SplitNet Studio, health report");
  expect(lines).toContain("  Buffers: 311");
  expect(lines).toContain("Storage");
});
