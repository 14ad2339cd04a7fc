import { connect } from "@nats-io/transport-node";
import { ServingError } from "./errors.mjs";

export const DEFAULT_SERVER = "nats://127.0.0.1:4222";

/**
 * Connects, and from then on again whenever the connection is lost.
 * @param {string} server
 * @param {string} name as the server lists it
 */
export async function connected(server, name) {
  const token = process.env.NATS_TOKEN;
  try {
    return await connect({
      servers: server,
      name,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      ...(token !== undefined && { token }),
    });
  } catch (error) {
    throw new ServingError(
      `${server}: no connection (${error instanceof Error ? error.message : error})`,
      "Start a server with `nats-server -c nats.conf`, name another with --server, and set NATS_TOKEN where it wants a token.",
      { cause: error },
    );
  }
}
