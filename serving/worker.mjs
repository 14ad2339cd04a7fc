// node worker.mjs --part branch_1: answers requests to one part until it is told to end. Workers of one part share its requests.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { connected, DEFAULT_SERVER } from "./connection.mjs";
import { fail, MessageError, ServingError } from "./errors.mjs";
import { PartSession } from "./part-session.mjs";
import { partNamed, readDescription, subjectOf } from "./parts.mjs";
import { decode, encode } from "./tensors.mjs";

const QUEUE = "workers";

/**
 * The answer to a request as bytes; a failure is an answer too, with its cause, its cure, and whether another worker might do better.
 * @param {PartSession} session
 * @param {Uint8Array} bytes
 * @param {number} mostBytes
 */
async function answer(session, bytes, mostBytes) {
  const part = session.part.name;
  let request = "";
  try {
    const { tensors, notes } = decode(bytes);
    request = notes.request ?? "";
    const given = encode(await session.run(tensors), { request, part });
    if (given.length <= mostBytes) return given;
    throw new MessageError(
      `${part}: an answer of ${given.length} bytes, the server takes ${mostBytes}`,
      "Send fewer images at a time, or raise max_payload in nats.conf.",
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const final = error instanceof MessageError;
    if (!final) console.error(`${part}: ${message}`);
    return encode(new Map(), { request, part, error: message, ...(final && { final: "true", cure: error.cure }) });
  }
}

async function main() {
  const { values } = parseArgs({
    options: {
      part: { type: "string" },
      parts: { type: "string", default: join(import.meta.dirname, "parts.json") },
      server: { type: "string", default: DEFAULT_SERVER },
    },
  });
  const description = await readDescription(values.parts);
  if (values.part === undefined) throw new ServingError("--part is missing", "Name the part to serve: --part trunk.");
  const part = partNamed(description, values.part);
  const session = await PartSession.load(part);
  const connection = await connected(values.server, `splitnet ${part.name}`);
  const subscription = connection.subscribe(subjectOf(description, part), { queue: QUEUE });
  // What it has accepted is answered; what comes from now on goes to the others.
  const stop = () => void subscription.drain();
  process.once("SIGTERM", stop).once("SIGINT", stop);
  await connection.flush();
  console.log(`${part.name}: ready at ${connection.getServer()}`);
  let requests = 0;
  for await (const message of subscription) {
    message.respond(await answer(session, message.data, connection.info?.max_payload ?? 0));
    requests++;
  }
  await connection.drain();
  console.log(`${part.name}: ended after ${requests} requests`);
}

main().catch((error) => fail("worker", error));
