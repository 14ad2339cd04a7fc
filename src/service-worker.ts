import { cleanupOutdatedCaches, createHandlerBoundToURL, type PrecacheEntry, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { CacheFirst } from "workbox-strategies";

/**
 * Keeps the page, its scripts and its engine in the browser, so that it opens without a server. A newer version is fetched whole
 * beside this one and waits: this one serves every open tab until a person loads the new one, never in the middle of a run.
 */
declare const self: ServiceWorkerGlobalScope;
/** Every file of the built page with the hash of its content; put in by the build (vite.config.ts). */
declare const PAGE_FILES: PrecacheEntry[];

precacheAndRoute(PAGE_FILES);
cleanupOutdatedCaches();

// The page's own address, whatever its query says.
const page = new URL("./", self.location.href).pathname;
registerRoute(
  new NavigationRoute(createHandlerBoundToURL("index.html"), { allowlist: [new RegExp(`^${page}(index\\.html)?(\\?|$)`)] }),
);

// Large programs that few need are kept once they were needed; their names change with their content.
registerRoute(({ url, sameOrigin }) => sameOrigin && url.pathname.endsWith(".wasm"), new CacheFirst({ cacheName: "programs" }));

self.addEventListener("message", ({ data }) => {
  if (Reflect.get(Object(data), "type") === "SKIP_WAITING") void self.skipWaiting();
});
