import { get as getPlain, type IncomingMessage } from "node:http";
import { get as getSecure } from "node:https";
import { StorageError } from "../../base/errors";

const MOST_REDIRECTS = 8;

/**
 * GET with redirects followed; resolves when the headers are there. Node's own client, not `fetch`, because that would unpack a
 * .tar.gz that a server labels as gzip-encoded and so change the bytes. `silenceMs` without a byte ends the connection.
 */
export async function request(
  address: string,
  headers: Readonly<Record<string, string>>,
  options: { readonly signal: AbortSignal; readonly silenceMs: number },
): Promise<IncomingMessage> {
  let url = parseAddress(address);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const response = await send(url, headers, options);
    const { location } = response.headers;
    const status = response.statusCode ?? 0;
    if (status < 300 || status >= 400 || location === undefined) return response;
    response.resume();
    url = parseAddress(new URL(location, url).href);
  }
  throw new StorageError(`${address}: redirected more than ${MOST_REDIRECTS} times`, "Name another address with --url.");
}

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new StorageError(`${address}: not an http or https address`, "Write the whole address, beginning with https://.");
  }
  return url;
}

function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { signal, silenceMs }: { readonly signal: AbortSignal; readonly silenceMs: number },
): Promise<IncomingMessage> {
  const get = url.protocol === "https:" ? getSecure : getPlain;
  return new Promise((resolve, reject) => {
    const call = get(url, { headers: { "User-Agent": "splitnet-studio", ...headers }, signal, agent: false }, resolve);
    call.setTimeout(silenceMs, () => call.destroy(new Error(`nothing came for ${silenceMs / 1000} s`)));
    call.on("error", reject);
  });
}
