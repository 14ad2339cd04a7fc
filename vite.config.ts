import { execFileSync } from "node:child_process";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/**
 * Nothing inline, nothing remote, no text made into code: scripts, styles, icon and worker come from the page's own origin, and no
 * script may connect to anything at all. Style properties are set by script, which no policy forbids.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** What only a header can say. A worker obeys the header of its own file, never the page's meta tag. */
const HEADERS = {
  "Content-Security-Policy": [...CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** Only in the built page, for whatever server it is put on: the development server injects inline scripts. */
function contentSecurityPolicy(): Plugin {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: CONTENT_SECURITY_POLICY.join("; ") },
        injectTo: "head-prepend",
      },
    ],
  };
}

/** Fails the build when the page's own scripts contain the tensor library, which belongs to the worker alone. */
function tensorsStayInWorker(): Plugin {
  return {
    name: "tensors-stay-in-worker",
    apply: "build",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        const module = file.moduleIds.find((id) => id.includes("/@tensorflow/"));
        if (module !== undefined) this.error(`${file.fileName} of the page contains ${module}`);
      }
    },
  };
}

/** Commit of the source, for the benchmarks' reports; "unknown" outside a checkout. */
function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}

export default defineConfig({
  base: "./",
  define: { "import.meta.env.VITE_COMMIT": JSON.stringify(commit()) },
  plugins: [react(), contentSecurityPolicy(), tensorsStayInWorker()],
  // Not dist itself: a build empties its folder, and the command line lives in dist/cli.
  build: { outDir: "dist/page", target: "esnext", sourcemap: true, chunkSizeWarningLimit: 1500 },
  worker: { format: "es" },
  preview: { port: 4173, headers: HEADERS },
});
