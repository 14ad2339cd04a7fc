import { STUDIO_VERSION } from "../engine/version";
import type { HealthView, StorageHealth } from "../protocol/health";
import type { BrowserFacts } from "./device-advice";
import type { DeviceKeeper } from "./device-keeper";
import type { SharedShelvesParts } from "./shared-shelves";
import type { Shelves } from "./shelves";

export interface HealthParts {
  readonly devices: Pick<DeviceKeeper, "health">;
  readonly speed: HealthView["speed"];
  readonly openShelves: () => Promise<Pick<Shelves, "filesIn">>;
  readonly estimateStorage: SharedShelvesParts["estimateStorage"];
  readonly browser: BrowserFacts;
  readonly locks: SharedShelvesParts["locks"];
}

/** What can be told of the engine at this moment; opens no device, and what cannot be read is told as unknown. */
export async function healthView({
  devices,
  speed,
  openShelves,
  estimateStorage,
  browser,
  locks,
}: HealthParts): Promise<HealthView> {
  const [shelves, estimate] = await Promise.all([openShelves().catch(() => null), estimateStorage().catch(() => null)]);
  const storage: StorageHealth = { filesIn: shelves?.filesIn ?? null, estimate };
  const { userAgent, hasWebGpu, isSecureContext, crossOriginIsolated = false, processors = null } = browser;
  return {
    version: STUDIO_VERSION,
    device: devices.health(),
    speed,
    storage,
    browser: { userAgent, hasWebGpu, isSecureContext, crossOriginIsolated, hasLocks: locks !== null, processors },
  };
}
