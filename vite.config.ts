import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
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
  // A blob is made by the page itself: a chart on its way to PNG.
  "img-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

const SERVICE_WORKER = "service-worker.js";
const CONNECTING = "connect-src 'self'";

/**
 * What only a header can say. A worker obeys the header of its own file, never the page's meta tag. Two may connect, to their own origin: the
 * service worker, which fetches the page's files, and the one that verifies exports, which fetches ONNX Runtime's program and may run it.
 */
function headersOf(path: string): Readonly<Record<string, string>> {
  return {
    "Content-Security-Policy": [...policyOf(path), "frame-ancestors 'none'"].join("; "),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
  };
}

function policyOf(path: string): readonly string[] {
  if (path.endsWith(`/${SERVICE_WORKER}`)) return [...CONTENT_SECURITY_POLICY, CONNECTING];
  if (!/\/verify-worker-[\w-]+\.js$/.test(path)) return CONTENT_SECURITY_POLICY;
  const withProgram = (rule: string): string => (rule === "script-src 'self'" ? `${rule} 'wasm-unsafe-eval'` : rule);
  return [...CONTENT_SECURITY_POLICY.map(withProgram), CONNECTING];
}

/** `npm start` and `vite preview` send the policy as a header too. */
function policyHeaders(): Plugin {
  return {
    name: "policy-headers",
    configurePreviewServer({ middlewares }) {
      middlewares.use(({ url = "" }, response, next) => {
        for (const [name, value] of Object.entries(headersOf(new URL(url, "http://localhost").pathname)))
          response.setHeader(name, value);
        next();
      });
    },
  };
}

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

/**
 * Tells the service worker the files of the page, each with the hash of its content: all but source maps, itself, and ONNX Runtime's program, which
 * has 14 MB and is kept once somebody has used it.
 */
function pageFilesForOffline(): Plugin {
  let publicFolder = "";
  return {
    name: "page-files-for-offline",
    apply: "build",
    enforce: "post",
    configResolved({ publicDir }) {
      publicFolder = publicDir;
    },
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const worker = bundle[SERVICE_WORKER];
        if (worker?.type !== "chunk") return this.error(`the build has made no ${SERVICE_WORKER}`);
        const built = Object.values(bundle)
          .filter(({ fileName }) => fileName !== SERVICE_WORKER && !/\.(map|wasm)$/.test(fileName))
          .map((file) => entryOf(file.fileName, file.type === "chunk" ? file.code : file.source));
        const copied = readdirSync(publicFolder).map((file) => entryOf(file, readFileSync(`${publicFolder}/${file}`)));
        worker.code = worker.code.replace("PAGE_FILES", JSON.stringify([...built, ...copied]));
      },
    },
  };
}

function entryOf(url: string, content: string | Uint8Array): { readonly url: string; readonly revision: string } {
  return { url, revision: createHash("sha256").update(content).digest("hex").slice(0, 16) };
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
  plugins: [react(), contentSecurityPolicy(), policyHeaders(), tensorsStayInWorker(), pageFilesForOffline()],
  // Not dist itself: a build empties its folder, and the command line lives in dist/cli.
  build: {
    outDir: "dist/page",
    target: "esnext",
    sourcemap: true,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      input: { index: "index.html", "service-worker": "src/service-worker.ts" },
      // A service worker is found by its name, and rules the folder it stands in.
      output: {
        entryFileNames: ({ name }) => (name === "service-worker" ? SERVICE_WORKER : "assets/[name]-[hash].js"),
      },
    },
  },
  worker: { format: "es" },
  preview: { port: 4173 },
});
