import { expect, test } from "vitest";
import { openDevice } from "./device";

const outcome = (lost: Promise<unknown>) =>
  Promise.race([lost, new Promise((resolve) => setTimeout(() => resolve("there"), 50))]);

test("a device that was given up is lost for that reason, and is left alone when it is closed", async () => {
  const device = await openDevice(navigator.gpu);
  expect(await outcome(device.lost)).toBe("there");
  device.giveUp("it did not answer");
  expect(await outcome(device.lost)).toBe("it did not answer");
  device.close();
  expect(await outcome(device.device.lost)).toBe("there");
  device.device.destroy();
});

test("a device that was closed is destroyed, and not lost", async () => {
  const device = await openDevice(navigator.gpu);
  device.close();
  expect(await device.device.lost).toMatchObject({ reason: "destroyed" });
  expect(await outcome(device.lost)).toBe("there");
});
