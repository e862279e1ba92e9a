import { isShallow } from "../../src/protocol/shallow-json.ts";
import type { Json, Millis } from "../../src/protocol/values.ts";
import type { EndpointFetch } from "./endpoint-fetch.ts";

/** How one bounded request of a probe ended. */
export type Fetched =
  | { type: "json"; status: number; value: Json; headers: Headers }
  /** Whatever else came: HTML, nothing, too much of it. */
  | { type: "other"; status: number; text: string; headers: Headers }
  | { type: "late" }
  | { type: "failed"; error: unknown };

/** What one request of a probe may take. */
export interface FetchBounds {
  signal: AbortSignal;
  /** Wall time from the first byte sent to the last one read. */
  limitMs: Millis;
}

/** More than any list of models; what is longer is cut off and then is no JSON. */
const MAX_BYTES = 1024 * 1024;

/**
 * One request, bounded in time and bytes, whatever the server does: the end is always a value. Rejects only once `signal`
 * is aborted.
 */
export async function fetchBounded(
  fetch: EndpointFetch,
  url: string,
  body: object | undefined,
  { signal, limitMs }: FetchBounds,
): Promise<Fetched> {
  const limit = AbortSignal.timeout(limitMs);
  const both = AbortSignal.any([signal, limit]);
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  try {
    const response = await fetch(url, { ...init, signal: both });
    const { status, headers } = response;
    const text = await textOf(response);
    const value = jsonIn(text);
    return value === undefined ? { type: "other", status, text, headers } : { type: "json", status, value, headers };
  } catch (error) {
    signal.throwIfAborted();
    return limit.aborted ? { type: "late" } : { type: "failed", error };
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > MAX_BYTES) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Undefined too where it is nested deeper than what walks it later could bear. */
function jsonIn(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isShallow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
