import { z } from "zod";
import { RequestError } from "../base/errors";
import { describeProblems, parseSafely } from "../base/problems";
import { holdsMoreThan } from "../base/value-size";
import { type CommandMessage, commandMessageSchema } from "../protocol/commands";
import { PROTOCOL_VERSION } from "../protocol/events";

/** Requests that cannot even be told apart are answered under this id. */
export const UNKNOWN_REQUEST = -1;

const headSchema = z.object({ version: z.unknown().optional(), id: z.unknown().optional() });

/** Values in a message: a configuration has some 50, a sweep that lists as many runs as the queue holds some thousands. */
const LARGEST_MESSAGE = 20_000;

/** Parses a message of the page; throws RequestError naming the fields at fault. */
export function parseCommand(message: unknown): CommandMessage {
  if (holdsMoreThan(message, LARGEST_MESSAGE)) {
    throw new RequestError(`the request holds more than ${LARGEST_MESSAGE} values`, "Send less at once.");
  }
  const parsed = parseSafely(commandMessageSchema, message);
  if (parsed.success) return parsed.data;
  const version = headSchema.safeParse(message).data?.version;
  if (version !== PROTOCOL_VERSION) {
    throw new RequestError(
      `the page speaks version ${typeof version === "number" ? version : "unknown"} of the protocol, the engine version ${PROTOCOL_VERSION}`,
      "Load the page anew.",
    );
  }
  const problems = describeProblems(parsed.error.issues, "message");
  throw new RequestError(`the request was not understood: ${problems}`, "Correct the named fields.");
}

/** The id to answer an unparsable message under. */
export function requestIdOf(message: unknown): number {
  const id = headSchema.safeParse(message).data?.id;
  return typeof id === "number" && Number.isInteger(id) && id >= 0 ? id : UNKNOWN_REQUEST;
}
