import { expect, test } from "vitest";
import { adapterFacts, openDevice } from "./device";
import { DeviceMemory, memoryOn } from "./device-memory";

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

test("an adapter is told with the limits that decide what fits, and what our buffers hold of it is counted until it is given back", async () => {
  const device = await openDevice(navigator.gpu);
  const { limits, ...names } = adapterFacts(device);
  expect(limits.maxBufferSize).toBe(device.report.maxBufferBytes);
  expect(Object.values(limits).every((value) => value > 0)).toBe(true);
  expect(device.report.description).toContain(names.device || names.vendor);
  const memory = new DeviceMemory(device.device);
  memory.allocate("one", 1000);
  const two = memory.allocate("two", 16);
  expect(memoryOn(device.device)).toEqual({ bytes: 1008 + 16, buffers: 2 });
  memory.release(two);
  expect(memoryOn(device.device)).toEqual({ bytes: 1008, buffers: 1 });
  memory.dispose();
  expect(memoryOn(device.device)).toEqual({ bytes: 0, buffers: 0 });
  device.close();
});
