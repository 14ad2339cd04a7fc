import { z } from "zod";
import { RequestError } from "../base/errors";
import { type CommandMessage, commandMessageSchema } from "../protocol/commands";
import { PROTOCOL_VERSION } from "../protocol/events";

/** Requests that cannot even be told apart are answered under this id. */
export const UNKNOWN_REQUEST = -1;

const headSchema = z.object({ version: z.unknown().optional(), id: z.unknown().optional() });

/** Parses a message of the page; throws RequestError naming the fields at fault. */
export function parseCommand(message: unknown): CommandMessage {
  const parsed = commandMessageSchema.safeParse(message);
  if (parsed.success) return parsed.data;
  const version = headSchema.safeParse(message).data?.version;
  if (version !== PROTOCOL_VERSION) {
    throw new RequestError(
      `the page speaks version ${String(version)} of the protocol, the engine version ${PROTOCOL_VERSION}`,
      "Load the page anew.",
    );
  }
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "message"}: ${issue.message}`);
  throw new RequestError(`the request was not understood: ${problems.join("; ")}`, "Correct the named fields.");
}

/** The id to answer an unparsable message under. */
export function requestIdOf(message: unknown): number {
  const id = headSchema.safeParse(message).data?.id;
  return typeof id === "number" && Number.isInteger(id) && id >= 0 ? id : UNKNOWN_REQUEST;
}
