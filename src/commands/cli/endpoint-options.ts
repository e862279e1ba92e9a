import type { EndpointProfile } from "../../protocol/config.ts";
import type { TurnRequest } from "../../protocol/requests.ts";
import { usage } from "./failure.ts";

const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** `local` for an address on this machine, which nothing leaves; `remote` for any other. */
export function trustOf(url: string): EndpointProfile["trust"] {
  return URL.canParse(url) && LOOPBACK.test(new URL(url).hostname) ? "local" : "remote";
}

/**
 * The endpoint that `LOOPD_ENDPOINT_URL`, `_DIALECT`, `_MODEL` and `_KEY` describe, for one turn; undefined without a URL.
 * @throws LoopdError `usage`, naming the variable that is missing or wrong.
 */
export function unsavedEndpoint(environment: NodeJS.ProcessEnv, model: string | undefined): TurnRequest["unsaved"] {
  const {
    LOOPD_ENDPOINT_URL: url,
    LOOPD_ENDPOINT_DIALECT: dialect,
    LOOPD_ENDPOINT_MODEL: named,
    LOOPD_ENDPOINT_KEY: key,
  } = environment;
  if (!url) return undefined;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw usage(`LOOPD_ENDPOINT_URL is no http or https address: ${url}. Example: http://127.0.0.1:8080`);
  }
  const chosen = named || model;
  if (!chosen)
    throw usage("LOOPD_ENDPOINT_URL is set, but no model: set LOOPD_ENDPOINT_MODEL, or name one with --model.");
  const spoken = dialect || "anthropic";
  if (spoken !== "anthropic" && spoken !== "openai") {
    throw usage(`LOOPD_ENDPOINT_DIALECT is ${spoken}; it can be anthropic or openai.`);
  }
  const auth = key ? "x-api-key" : "none";
  return {
    profile: { dialect: spoken, url, model: chosen, auth, trust: trustOf(url) },
    key: key || undefined,
  };
}
