import type { EndpointFetch } from "./endpoint-fetch.ts";

/** An answer whose status is no success, whole and before an SDK has thrown parts of it away. */
export class BadStatus extends Error {
  readonly status: number;
  /** The body: parsed where it is JSON, else its text. */
  readonly body: unknown;
  readonly headers: Pick<Headers, "get">;

  constructor(status: number, body: unknown, headers: Pick<Headers, "get">) {
    // Nothing of the body: SDKs read words such as "timed out" in messages.
    super(`status ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/**
 * A fetch that rejects with a `BadStatus` where the server answers with anything but success. What `fetch` itself rejects
 * with lies two causes deep: SDKs take whatever says "time out" above that for a time limit of theirs and forget the rest.
 */
export function rejectingBadStatus(fetch: EndpointFetch): EndpointFetch {
  return async (url, init) => {
    const response = await fetch(url, init).catch((cause: unknown) => {
      throw new Error("no answer", { cause: new Error("the request failed", { cause }) });
    });
    if (response.ok) return response;
    throw new BadStatus(response.status, parsedOr(await response.text()), response.headers);
  };
}

/** The status behind what an SDK threw, if there is one. */
export function badStatusIn(thrown: unknown): BadStatus | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof BadStatus) return error;
  }
  return undefined;
}

/** The value of a JSON text, else the text itself. */
export function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
