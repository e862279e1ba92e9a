import { resolve } from "node:path";
import { type EndpointProfile, endpointProfileSchema } from "../../protocol/config.ts";
import type { TurnRequest } from "../../protocol/requests.ts";
import { usage } from "./failure.ts";
import { keyAndValue } from "./mcp-options.ts";

const { shape } = endpointProfileSchema;
const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** `local` for an address on this machine, which nothing leaves; `remote` for any other. */
export function trustOf(url: string): EndpointProfile["trust"] {
  return URL.canParse(url) && LOOPBACK.test(new URL(url).hostname) ? "local" : "remote";
}

/**
 * A proxy's address without its user and password, and those two apart, since addresses are shown.
 * @throws LoopdError `usage`, which repeats neither
 */
export function splitProxy(url: string | undefined, flag: string): { proxy?: string; proxyLogin?: string } {
  if (url === undefined) return {};
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw usage(`${flag} takes an http or https address, such as http://user:password@proxy.example:3128.`);
  }
  const { username, password, origin } = parsed;
  if (username === "" && password === "") return { proxy: origin };
  try {
    return { proxy: origin, proxyLogin: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` };
  } catch {
    throw usage(`${flag} has a % in its user or password that stands for no character; write %25 for the sign itself.`);
  }
}

/**
 * The endpoint that the variables `LOOPD_ENDPOINT_*` describe, for one turn: `URL`, `DIALECT`, `MODEL`, `KEY`, `AUTH`,
 * `HEADERS` (`Name=value`, one a line), `WINDOW`, `VISION`, `TRUST`, `CA` and `PROXY`. Undefined without a URL.
 * @throws LoopdError `usage`, naming the variable that is missing or wrong.
 */
export function unsavedEndpoint(environment: NodeJS.ProcessEnv, model: string | undefined): TurnRequest["unsaved"] {
  const {
    LOOPD_ENDPOINT_URL: url,
    LOOPD_ENDPOINT_DIALECT: dialect,
    LOOPD_ENDPOINT_MODEL: named,
    LOOPD_ENDPOINT_KEY: key,
    LOOPD_ENDPOINT_HEADERS: headers = "",
    LOOPD_ENDPOINT_AUTH: how,
    LOOPD_ENDPOINT_WINDOW: window,
    LOOPD_ENDPOINT_VISION: vision,
    LOOPD_ENDPOINT_TRUST: trust,
    LOOPD_ENDPOINT_CA: ca,
    LOOPD_ENDPOINT_PROXY: through,
  } = environment;
  if (!url) return undefined;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    // Not repeated: it may hold a password.
    throw usage("LOOPD_ENDPOINT_URL is no http or https address. Example: http://127.0.0.1:8080");
  }
  const chosen = named || model;
  if (!chosen)
    throw usage("LOOPD_ENDPOINT_URL is set, but no model: set LOOPD_ENDPOINT_MODEL, or name one with --model.");
  const spoken = oneOf("LOOPD_ENDPOINT_DIALECT", dialect, shape.dialect.options) ?? "anthropic";
  const { proxy, proxyLogin } = splitProxy(through || undefined, "LOOPD_ENDPOINT_PROXY");
  const lines = headers.split("\n").filter((line) => line.trim() !== "");
  const usual = key ? usualAuth(spoken) : "none";
  return {
    profile: {
      dialect: spoken,
      url,
      model: chosen,
      auth: oneOf("LOOPD_ENDPOINT_AUTH", how, shape.auth.unwrap().options) ?? usual,
      trust: oneOf("LOOPD_ENDPOINT_TRUST", trust, shape.trust.unwrap().options) ?? trustOf(url),
      window: window ? tokensOf(window) : undefined,
      vision: oneOf("LOOPD_ENDPOINT_VISION", vision, ["yes", "no"]) === "yes",
      ca: ca ? resolve(ca) : undefined,
      proxy,
    },
    key: key || undefined,
    headers: Object.assign({}, ...lines.map((line) => keyAndValue("LOOPD_ENDPOINT_HEADERS", line))) as Record<
      string,
      string
    >,
    proxyLogin,
  };
}

function tokensOf(text: string): number {
  const parsed = shape.window.safeParse(Number(text));
  if (parsed.success && parsed.data !== undefined) return parsed.data;
  throw usage(`LOOPD_ENDPOINT_WINDOW is ${text}; it can be a whole number of tokens from 1024 on.`);
}

function oneOf<T extends string>(variable: string, value: string | undefined, known: readonly T[]): T | undefined {
  if (!value) return undefined;
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  throw usage(`${variable} is ${value}; it can be ${known.join(" or ")}.`);
}

/** How a dialect's own service wants its key. */
export function usualAuth(dialect: EndpointProfile["dialect"]): EndpointProfile["auth"] {
  return dialect === "openai" ? "bearer" : "x-api-key";
}
