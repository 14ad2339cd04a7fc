import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runAborting, runHere } from "../testing";
import { download } from "./download";

const CONTENT = Uint8Array.from({ length: 300_007 }, (_, index) => (index * 7919 + (index >>> 8)) & 255);
const MD5 = createHash("md5").update(CONTENT).digest("hex");
const FILE = "cifar-100-binary.tar.gz";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let server: Server;
let base: string;
let handlers: Map<string, Handler>;
let seen: { path: string; range: string | undefined; ifRange: string | undefined }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "splitnet-download-"));
  handlers = new Map();
  seen = [];
  server = createServer((request, response) => {
    const { range } = request.headers;
    const ifRange = request.headers["if-range"];
    seen.push({ path: request.url ?? "", range, ifRange: Array.isArray(ifRange) ? ifRange[0] : ifRange });
    const handler = handlers.get(request.url ?? "");
    if (handler === undefined) response.writeHead(404).end();
    else handler(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await rm(folder, { recursive: true });
});

/** Resolves once so many bytes have reached the disk. */
async function partHolds(bytes: number): Promise<void> {
  while (!existsSync(part()) || statSync(part()).size < bytes) await new Promise((done) => setTimeout(done, 5));
}

/** Serves CONTENT with ranges; `limits[n]` is where the n-th answer breaks off. */
function ranged(limits: number[] = [], etag = '"one"'): Handler {
  return (request, response) => {
    const matching = request.headers["if-range"] === undefined || request.headers["if-range"] === etag;
    const start = matching ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0) : 0;
    const headers = { etag, "content-length": CONTENT.length - start };
    if (start >= CONTENT.length) return void response.writeHead(416, { "content-range": `bytes */${CONTENT.length}` }).end();
    if (start > 0) {
      const range = `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}`;
      response.writeHead(206, { ...headers, "content-range": range });
    } else response.writeHead(200, headers);
    const limit = limits.shift();
    if (limit === undefined) return void response.end(CONTENT.subarray(start));
    response.write(CONTENT.subarray(start, limit));
    void partHolds(limit).then(() => response.destroy());
  };
}

function fetchFrom(paths: string[], signal = new AbortController().signal) {
  const events: string[] = [];
  const urls = paths.map((path) => base + path);
  const options = {
    folder,
    signal,
    waitsMs: [1, 1],
    silenceMs: 300,
    onBytes: () => {},
    onEvent: (text: string) => events.push(text),
  };
  return download([{ file: FILE, md5: MD5, urls }], options).then((done) => ({ ...done, events }));
}

const part = () => join(folder, `${FILE}.part`);
const stored = () => readFile(join(folder, FILE));

test("a connection that drops twice is continued where it broke, not started again", async () => {
  handlers.set("/a", ranged([100_000, 200_000]));
  const done = await fetchFrom(["/a"]);
  expect(Buffer.compare(await stored(), CONTENT)).toBe(0);
  expect(done).toMatchObject({ bytes: CONTENT.length, md5: MD5, url: `${base}/a` });
  expect(seen.map(({ range }) => range)).toEqual([undefined, "bytes=100000-", "bytes=200000-"]);
  expect(seen[1]?.ifRange).toBe('"one"');
  expect(existsSync(part())).toBe(false);
});

test("a file that changed on the server is fetched whole, because If-Range fails", async () => {
  await writeFile(part(), "stale bytes of an older file");
  await writeFile(`${part()}.source`, `${base}/a\n"zero"`);
  handlers.set("/a", ranged());
  await fetchFrom(["/a"]);
  expect(Buffer.compare(await stored(), CONTENT)).toBe(0);
  expect(seen).toEqual([{ path: "/a", range: "bytes=28-", ifRange: '"zero"' }]);
});

test("a server without ranges answers 200 and the kept bytes are replaced", async () => {
  await writeFile(part(), CONTENT.subarray(0, 5000));
  handlers.set("/a", (_, response) => response.end(CONTENT));
  await fetchFrom(["/a"]);
  expect(Buffer.compare(await stored(), CONTENT)).toBe(0);
});

test("a part that is complete already is verified without another body", async () => {
  await writeFile(part(), CONTENT);
  handlers.set("/a", ranged());
  await fetchFrom(["/a"]);
  expect(seen.map(({ range }) => range)).toEqual([`bytes=${CONTENT.length}-`]);
  expect(Buffer.compare(await stored(), CONTENT)).toBe(0);
});

test("a part longer than the file is dropped after 416", async () => {
  await writeFile(part(), new Uint8Array(CONTENT.length + 9));
  handlers.set("/a", ranged());
  await fetchFrom(["/a"]);
  expect(Buffer.compare(await stored(), CONTENT)).toBe(0);
});

test("a damaged part is found by its checksum and fetched again from the first byte", async () => {
  await writeFile(part(), new Uint8Array(1000).fill(3));
  handlers.set("/a", ranged());
  const { events } = await fetchFrom(["/a"]);
  expect(Buffer.compare(await stored(), CONTENT)).toBe(0);
  expect(events.join()).toMatch(/starting again/);
});

test("404 and a wrong checksum each lead to the next address", async () => {
  handlers.set("/wrong", (_, response) => response.end("something else"));
  handlers.set("/right", ranged());
  const { events, url } = await fetchFrom(["/missing", "/wrong", "/right"]);
  expect(url).toBe(`${base}/right`);
  expect(events).toEqual([expect.stringMatching(/missing: status 404/), expect.stringMatching(/wrong: the MD5 is .* not/)]);
});

test("503 and silence are tried again, with redirects followed", async () => {
  let calls = 0;
  handlers.set("/busy", (_, response) => {
    calls++;
    if (calls === 1) response.writeHead(503).end();
    else if (calls > 2) response.writeHead(302, { location: "/moved" }).end();
  });
  handlers.set("/moved", ranged());
  const { events } = await fetchFrom(["/busy"]);
  expect(events).toEqual([expect.stringMatching(/status 503/), expect.stringMatching(/nothing came/)]);
});

test("bytes a server labels as gzip-encoded are stored as they came", async () => {
  handlers.set("/a", (_, response) => response.writeHead(200, { "content-encoding": "x-gzip" }).end(CONTENT));
  await fetchFrom(["/a"]);
  expect(Buffer.compare(await stored(), CONTENT)).toBe(0);
});

test("the command fails with one line, names every address and leaves no archive", async () => {
  handlers.set("/wrong", (_, response) => response.end("something else"));
  const { code, out, err } = await runHere(
    "download",
    "--out",
    folder,
    "--url",
    `${base}/missing`,
    "--url",
    `${base}/wrong`,
    "--md5",
    MD5,
  );
  expect(code).toBe(1);
  expect(out).toBe("");
  const last = err.trimEnd().split("\n").at(-1) ?? "";
  expect(last).toMatch(/^splitnet: .*\/missing: status 404; .*\/wrong: the MD5 .* Try again later/);
  expect(existsSync(join(folder, FILE))).toBe(false);
});

test("the command prints the file as JSON, and a second call finds it there", async () => {
  handlers.set("/a", ranged());
  const args = ["download", "--out", folder, "--url", `${base}/a`, "--md5", MD5, "--json"];
  const first = await runHere(...args);
  expect(JSON.parse(first.out)).toEqual({ path: join(folder, FILE), bytes: CONTENT.length, md5: MD5, url: `${base}/a` });
  expect(JSON.parse((await runHere(...args)).out)).toMatchObject({ url: null, md5: MD5 });
  expect(seen.length).toBe(1);
});

test("an interrupt keeps the part and says how to continue", async () => {
  const stop = new AbortController();
  handlers.set("/slow", (_, response) => {
    response.writeHead(200, { "content-length": CONTENT.length });
    response.write(CONTENT.subarray(0, 60_000));
    void partHolds(60_000).then(() => stop.abort());
  });
  const { code, err } = await runAborting(stop.signal, "download", "--out", folder, "--url", `${base}/slow`, "--md5", MD5);
  expect(code).toBe(130);
  expect(err).toMatch(/interrupted\. Run the same command again/);
  expect((await readFile(part())).length).toBe(60_000);
});
