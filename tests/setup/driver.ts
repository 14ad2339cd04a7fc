import { chooseDriver } from "../../scripts/lib/drivers.mjs";

/** Lets `npx vitest` run without `npm test` in front of it: finds a Vulkan driver unless the environment names one. */
export default function setup(): void {
  if (process.env.VK_ICD_FILENAMES !== undefined) return;
  const driver = chooseDriver();
  if (driver !== null) Object.assign(process.env, driver.environment);
}
