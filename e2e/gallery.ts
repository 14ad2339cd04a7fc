import type { Page } from "@playwright/test";
import type { Command } from "../src/protocol/commands";
import { type EngineEvent, PROTOCOL_VERSION } from "../src/protocol/events";

/** A page whose engine is the test: it tells what it is given and takes down what it is asked. */
export interface Gallery {
  /** Tells the page facts, as the engine does. */
  tell(events: readonly EngineEvent[]): Promise<void>;
  /** Everything the page has asked for. */
  asked(): Promise<readonly Command[]>;
}

/** Opens the built page with a worker that is silent but for what `tell` says: every state of every panel, without training. */
export async function openGallery(page: Page, address = "/"): Promise<Gallery> {
  await page.addInitScript(() => {
    class SilentWorker extends EventTarget {
      readonly commands: unknown[] = [];
      constructor() {
        super();
        Object.assign(globalThis, { silentWorker: this });
      }
      postMessage({ command }: { readonly command: unknown }): void {
        this.commands.push(command);
      }
      terminate(): void {}
    }
    Object.assign(globalThis, { Worker: SilentWorker });
  });
  // From one address to another that differs behind its # a browser does not load the page anew.
  await page.goto("about:blank");
  await page.goto(address);
  let sequence = 0;
  return {
    async tell(events) {
      // A file does not travel into the page: one of its size is made there.
      const messages = events.map((event) => ({
        message: { version: PROTOCOL_VERSION, sequence: sequence++, event: "file" in event ? { ...event, file: null } : event },
        fileBytes: "file" in event ? event.file.size : null,
      }));
      await page.evaluate((told) => {
        const worker: unknown = Reflect.get(globalThis, "silentWorker");
        if (!(worker instanceof EventTarget)) throw new Error("the page has started no worker");
        for (const { message, fileBytes } of told) {
          const file = fileBytes === null ? {} : { file: new Blob([new Uint8Array(fileBytes)]) };
          const data = { ...message, event: { ...message.event, ...file } };
          worker.dispatchEvent(new MessageEvent("message", { data }));
        }
      }, messages);
    },
    asked: () => page.evaluate(() => Reflect.get(Reflect.get(globalThis, "silentWorker"), "commands")),
  };
}
