import type { LookupFunction } from "node:net";
import { VERSION } from "../../protocol/version.ts";
import { bodyWithin } from "./page-body.ts";
import { networkWords } from "./network-words.ts";
import type { HostAddress } from "./reachable.ts";

/** Connecting and headers together may take so long; later a pause of the body may. */
const HEADERS_LIMIT_MS = 15_000;
const MAX_HEADER_BYTES = 64 * 1024;

/** What one request brought. `why` is for people and models. */
export type PageAnswer =
  | { type: "failed"; why: string }
  | { type: "redirect"; status: number; location: string }
  | { type: "page"; status: number; contentType: string; length?: number; bytes: Buffer; isCut: boolean };

/** Which bodies are worth reading. */
export type IsWanted = (contentType: string) => boolean;

type Headers = Record<string, string | string[] | undefined>;

/**
 * Gets one address, connecting to exactly these addresses, whatever the name means by then: no proxy, no cookies, no
 * redirect followed, at most `maxBytes` of the body once it is unpacked. A body that nobody wants is not read.
 */
export async function requestPage(
  address: string,
  options: { addresses: HostAddress[]; maxBytes: number; isWanted: IsWanted; signal: AbortSignal },
): Promise<PageAnswer> {
  // Bundled, the package has its default export only.
  const { Agent, request } = (await import("undici")).default;
  const limit = HEADERS_LIMIT_MS;
  const connect = { lookup: fixedLookup(options.addresses), timeout: limit };
  const dispatcher = new Agent({ connect, allowH2: false, maxHeaderSize: MAX_HEADER_BYTES, bodyTimeout: limit });
  const late = new AbortController();
  // Of its own: a server that sends its headers one letter at a time is never idle.
  const timer = setTimeout(() => late.abort(), limit);
  const signal = AbortSignal.any([options.signal, late.signal]);
  try {
    const { statusCode: status, headers, body } = await request(address, { dispatcher, signal, headers: HEADERS });
    clearTimeout(timer);
    // An error that comes once nobody reads any more must not become one of the whole program.
    body.on("error", () => undefined);
    const location = one(headers, "location");
    if (status >= 300 && status < 400 && location !== undefined) return { type: "redirect", status, location };
    const contentType = one(headers, "content-type") ?? "";
    const length = lengthOf(headers);
    const about = { type: "page" as const, status, contentType, length };
    if (!options.isWanted(contentType)) return { ...about, bytes: Buffer.alloc(0), isCut: false };
    const read = await bodyWithin(body, one(headers, "content-encoding") ?? "", options.maxBytes);
    return { ...about, ...read };
  } catch (thrown) {
    if (options.signal.aborted) return { type: "failed", why: "Fetching was stopped." };
    return {
      type: "failed",
      why: late.signal.aborted ? `It did not answer within ${limit / 1000} s.` : networkWords(thrown),
    };
  } finally {
    clearTimeout(timer);
    await dispatcher.destroy();
  }
}

const HEADERS = {
  accept: "text/markdown, text/html;q=0.9, text/plain;q=0.8, application/json;q=0.8, */*;q=0.5",
  "accept-encoding": "gzip, deflate, br",
  "accept-language": "en, *;q=0.5",
  "user-agent": `loopd/${VERSION}`,
};

/** Answers with what was checked, never with what the name means now. */
function fixedLookup(addresses: HostAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, addresses);
    else callback(null, first?.address ?? "", first?.family ?? 4);
  };
}

function one(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

function lengthOf(headers: Headers): number | undefined {
  const text = one(headers, "content-length");
  return text !== undefined && /^\d{1,15}$/.test(text) && !headers["content-encoding"] ? Number(text) : undefined;
}
