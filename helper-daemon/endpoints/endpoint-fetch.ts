import { readFileSync, statSync } from "node:fs";
import type { Agent, Dispatcher, ProxyAgent, request } from "undici";
import type { EndpointProfile } from "../../src/protocol/config.ts";
import { VERSION } from "../../src/protocol/version.ts";
import { EndpointFailed, shownUrl } from "./endpoint-failure.ts";
import { MAX_RESPONSE_BYTES, plainResponse } from "./plain-response.ts";
import { REFUSED_PORTS } from "./refused-ports.ts";

/** What belongs to a profile and is never part of it, because profiles are shown. */
export interface EndpointSecrets {
  key: string | undefined;
  /** Further headers of every request, by name. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** `user:password` for the profile's proxy. */
  proxyLogin?: string | undefined;
}

/** The part of `fetch` that model SDKs use. */
export type EndpointFetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

interface Undici {
  request: typeof request;
  Agent: typeof Agent;
  ProxyAgent: typeof ProxyAgent;
}

/** How long an unused connection is kept for the next step, unless the server says less. */
const KEEP_ALIVE_MS = 60_000;
const MAX_DISPATCHERS = 32;

let library: Promise<Undici> | undefined;
const dispatchers = new Map<string, Dispatcher>();

/**
 * The one way to an endpoint, for every adapter and probe: its certificates, its proxy, its headers and its key. Of what
 * the caller gives, only method, body and signal reach the wire, so no credential that an SDK found in the environment
 * does. Another origin than the profile's is refused, a redirect is not followed, and no proxy of the environment is
 * used. Rejects with `EndpointFailed` where certificates or proxy are at fault, else as `fetch` does.
 */
export async function fetchFor(profile: EndpointProfile, secrets: EndpointSecrets): Promise<EndpointFetch> {
  // undici is CommonJS: in a bundle only its default export is there.
  const undici = await (library ??= import("undici").then((module) => module.default));
  // Only where it is needed: a helper that is never asked does without.
  const trusted = profile.ca === undefined ? [] : (await import("node:tls")).getCACertificates("default");
  const { origin } = new URL(profile.url);
  const usual = headersOf(profile, secrets);
  return async (url, init) => {
    const address = new URL(url instanceof Request ? url.url : url);
    if (address.origin !== origin) throw strayed(address, origin);
    if (REFUSED_PORTS.has(address.port)) throw new TypeError("fetch failed", { cause: new Error("bad port") });
    const hasBody = init?.body !== undefined && init.body !== null;
    try {
      // Unlike a `fetch`, it follows no redirect, which would carry the key to another origin.
      const answer = await undici.request(address, {
        method: init?.method === "POST" ? "POST" : "GET",
        headers: hasBody ? { "content-type": "application/json", ...usual } : usual,
        body: hasBody ? (init.body as string) : null,
        signal: init?.signal ?? null,
        dispatcher: dispatcherOf(profile, secrets, undici, trusted),
      });
      return await plainResponse(answer);
    } catch (cause) {
      if (cause instanceof EndpointFailed || init?.signal?.aborted === true) throw cause;
      throw proxyFault(profile, cause) ?? new TypeError("fetch failed", { cause });
    }
  };
}

/** Shorter values are in many words by chance. */
const LEAST_SECRET = 6;

/** Words for a person, without header values and logins that a server may have repeated in them. */
export function withoutSecrets(text: string, { headers, proxyLogin }: EndpointSecrets): string {
  const values = [...Object.values(headers ?? {}), proxyLogin ?? ""].filter(({ length }) => length >= LEAST_SECRET);
  return values.reduce((words, value) => words.replaceAll(value, "[secret]"), text);
}

/** The address without what people paste along: the path that a dialect itself adds. */
export function serverRoot(url: string): string {
  return url.replace(/\/+$/, "").replace(/\/v1(\/(messages|chat\/completions|models))?$/, "");
}

/** Every header that leaves this machine. A key goes out in the one place that the profile names. */
function headersOf({ dialect, auth, apiVersion }: EndpointProfile, { key, headers }: EndpointSecrets) {
  const own = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    accept: "text/event-stream, application/json",
    "accept-encoding": "identity",
    "user-agent": `loopd/${VERSION}`,
    ...(dialect === "anthropic" ? { "anthropic-version": apiVersion } : {}),
    ...(Object.fromEntries(own) as Record<string, string>),
    ...(key !== undefined && auth === "x-api-key" ? { "x-api-key": key } : {}),
    ...(key !== undefined && auth === "bearer" ? { authorization: `Bearer ${key}` } : {}),
  };
}

/** One pool of connections for each way out. A changed certificate file is another way. */
function dispatcherOf(
  { ca, proxy }: EndpointProfile,
  { proxyLogin }: EndpointSecrets,
  undici: Undici,
  trusted: string[],
): Dispatcher {
  const id = JSON.stringify([ca === undefined ? "" : [ca, stampOf(ca)], proxy, proxyLogin]);
  const known = dispatchers.get(id);
  if (known !== undefined) return known;
  const tls = ca === undefined ? {} : { ca: [...trusted, certificatesIn(ca)] };
  // Node's own fetch gives up after five minutes without headers: less than a long prompt takes on a small machine.
  const patience = {
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxResponseSize: MAX_RESPONSE_BYTES,
  };
  const token = proxyLogin === undefined ? {} : { token: `Basic ${Buffer.from(proxyLogin).toString("base64")}` };
  const dispatcher =
    proxy === undefined
      ? new undici.Agent({ ...patience, connect: tls })
      : new undici.ProxyAgent({ ...patience, ...token, uri: proxy, requestTls: tls, proxyTls: tls });
  const [oldest] = dispatchers.keys();
  if (dispatchers.size >= MAX_DISPATCHERS && oldest !== undefined) dispatchers.delete(oldest);
  dispatchers.set(id, dispatcher);
  return dispatcher;
}

function stampOf(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  return status === undefined ? "none" : `${status.ino} ${status.mtimeMs} ${status.size}`;
}

function certificatesIn(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    const advice =
      "Put it back, or name another: loopd endpoints set NAME --ca FILE (--no-ca: none), or LOOPD_ENDPOINT_CA";
    throw unreachable(`The certificates in ${path} cannot be read (${why}), so loopd did not ask. ${advice}`);
  }
}

/** What went wrong on the way to the proxy is not the endpoint's fault, and must not read so. */
function proxyFault({ proxy }: EndpointProfile, thrown: unknown): EndpointFailed | undefined {
  if (proxy === undefined || thrown instanceof EndpointFailed) return undefined;
  let code = "";
  for (let error = thrown as { cause?: unknown } | undefined; error instanceof Error; error = error.cause as Error) {
    const { message, code: own } = error as NodeJS.ErrnoException;
    if (/^proxy authentication required|^Proxy response \(407\)/i.test(message))
      return proxyFailed(proxy, "it wants another login");
    const refused = /^Proxy response \((\d+)\)/.exec(message)?.[1];
    if (refused !== undefined) return proxyFailed(proxy, `it answered ${refused}`);
    code = own ?? code;
  }
  return /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code)
    ? proxyFailed(proxy, code)
    : undefined;
}

function proxyFailed(proxy: string, why: string): EndpointFailed {
  const advice =
    "Look at the proxy, or set another: loopd endpoints set NAME --proxy http://user:password@host:port (--no-proxy: none), or LOOPD_ENDPOINT_PROXY";
  return unreachable(`The proxy ${shownUrl(proxy)} did not let loopd through (${why}). ${advice}`);
}

function strayed(address: URL, origin: string): EndpointFailed {
  return unreachable(
    `loopd did not ask ${address.origin}: the endpoint's profile names ${origin}, and its key goes nowhere else.`,
  );
}

function unreachable(message: string): EndpointFailed {
  return new EndpointFailed({ code: "endpoint-unreachable", message, isRetryable: false });
}
