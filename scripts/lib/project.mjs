import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Caches the checks may delete and rebuild. */
export const cacheFolder = join(root, ".cache");

/**
 * tfjs publishes a CommonJS file as "main" and modules as "module". Mixing them loads two engines with two kernel registries,
 * so every build and test resolves to the modules.
 */
export const preferModules = { mainFields: ["module", "main"] };
