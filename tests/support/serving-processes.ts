import { type ChildProcess, spawn } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { root } from "../../scripts/lib/project.mjs";
import { findNatsServer, NATS_PACKAGE, testPackageAdvice } from "../../scripts/lib/test-programs.mjs";
import type { UnpackedBundle } from "./unpacked-bundle";

/** A program's end: its exit code, null where a signal ended it, and all that it printed. */
export interface Ending {
  readonly code: number | null;
  readonly printed: string;
}

/** An unpacked bundle, a NATS server and programs of the bundle as processes. */
export class ServingProcesses {
  readonly #alive = new Set<ChildProcess>();
  readonly #bundle: UnpackedBundle;
  #server = "";

  /** Has the bundle's packages as `npm install` would bring them: they are here, of the same versions. */
  constructor(bundle: UnpackedBundle) {
    this.#bundle = bundle;
    symlinkSync(join(root, "node_modules"), join(bundle.folder, "serving", "node_modules"), "junction");
  }

  /** The bundle's. */
  get folder(): string {
    return this.#bundle.folder;
  }

  /** Where the server answers. */
  get server(): string {
    return this.#server;
  }

  /** Starts nats-server at a port that is free, with the bundle's configuration or another. */
  async startServer(configuration = join(this.folder, "serving", "nats.conf")): Promise<ChildProcess> {
    const program = findNatsServer();
    if (program === null) throw new Error(`no nats-server here. ${testPackageAdvice([NATS_PACKAGE]).join(" ")}`);
    const options = ["-c", configuration, "-a", "127.0.0.1", "-p", this.#server === "" ? "-1" : new URL(this.#server).port];
    const server = this.#keep(spawn(program, options, { stdio: ["ignore", "ignore", "pipe"] }));
    const line = await lineOf(server, server.stderr!, "Listening for client connections on");
    this.#server = `nats://${line.split(" ").at(-1)}`;
    return server;
  }

  /** Starts a worker and waits until it takes requests. */
  async startWorker(part: string): Promise<ChildProcess> {
    const worker = this.#spawn("worker.mjs", ["--part", part, "--server", this.#server]);
    await lineOf(worker, worker.stdout!, `${part}: ready`);
    return worker;
  }

  /** Asks a worker to end, which it does with code 0; gives how many requests it answered in its life. */
  async endedInOrder(worker: ChildProcess): Promise<number> {
    const line = lineOf(worker, worker.stdout!, "ended after");
    const [code, words] = await Promise.all([ended(worker, "SIGTERM"), line]);
    if (code !== 0) throw new Error(`the worker ended with code ${code}`);
    return Number(words.match(/after (\d+) requests/)?.[1]);
  }

  /** Runs a program of the bundle to its end. */
  async run(program: string, args: readonly string[]): Promise<Ending> {
    const child = this.#spawn(program, args);
    const printed = Promise.all([text(child.stdout!), text(child.stderr!)]);
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, printed: (await printed).join("") };
  }

  /** Ends whatever still runs, and removes the folder. */
  async close(): Promise<void> {
    await Promise.all([...this.#alive].map((child) => ended(child, "SIGKILL")));
    this.#bundle.remove();
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const file = join(this.folder, "serving", program);
    return this.#keep(spawn(process.execPath, [file, ...args], { cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] }));
  }

  #keep(child: ChildProcess): ChildProcess {
    this.#alive.add(child);
    child.once("exit", () => this.#alive.delete(child));
    return child;
  }
}

/** Sends the signal and waits for the end; gives the exit code, null where the signal was the end. */
export function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill(signal);
  });
}

/** The first line with these words; fails where the program ends without it. */
function lineOf(child: ChildProcess, stream: Readable, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const printed: string[] = [];
    child.once("exit", () => reject(new Error(`ended before "${words}": ${printed.join(" ")}`)));
    createInterface(stream).on("line", (line) => {
      printed.push(line);
      if (line.includes(words)) resolve(line);
    });
  });
}
