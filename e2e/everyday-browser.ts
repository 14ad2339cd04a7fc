import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, chromium, expect } from "@playwright/test";
import { findBrowser } from "../scripts/lib/browser.mjs";

export interface EverydayBrowser {
  readonly context: BrowserContext;
  /** Ends all its processes at once, as a crash does. */
  readonly kill: () => Promise<void>;
}

/**
 * A browser that treats its tabs as every day, over a profile that outlives it: started by Playwright it would slow down no hidden
 * tab, and say of each that it is seen.
 */
export async function everydayBrowser(profile: string): Promise<EverydayBrowser> {
  const isRoot = process.getuid?.() === 0;
  const flags = ["--headless=new", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--no-first-run"];
  const own = [`--user-data-dir=${profile}`, "--remote-debugging-port=0", ...(isRoot ? ["--no-sandbox"] : [])];
  const portFile = join(profile, "DevToolsActivePort");
  // What a killed one has left names a port that nobody listens at.
  rmSync(portFile, { force: true });
  const child = spawn(findBrowser() ?? "", [...flags, ...own, "about:blank"], { stdio: "ignore", detached: true });
  await expect.poll(() => existsSync(portFile) && readFileSync(portFile, "utf8").includes("\n")).toBe(true);
  const [port] = readFileSync(portFile, "utf8").split("\n");
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults: true });
  return { context: browser.contexts()[0]!, kill: () => killed(child) };
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid!, "SIGKILL");
  await gone;
}
