import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import { MAX_MESSAGE_BYTES } from "./message-limits.ts";

type RequestId = string | number;

/** A fetch for streamable HTTP that notices what the SDK's transport does not. */
export interface WatchedFetch {
  fetch: FetchLike;
  /** Lets go of a request whose answer nobody waits for any more. */
  drop(id: RequestId): void;
}

/** How long what a stream held may take to arrive after its end. */
const ARRIVAL_MS = 50;
/** How long a server may take to accept what is no request. */
const TOLD_MS = 30_000;
/** Bytes of an error page that are read. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Wraps a fetch. `onStreamEnd` hears that the stream of a request has ended: if it was not answered, nobody ever will,
 * unless the server gave its events names by which the stream can be resumed. Messages longer than loopd takes are errors.
 */
export function watchFetch(fetch: FetchLike, onStreamEnd: (id: RequestId, isResumable: boolean) => void): WatchedFetch {
  const open = new Map<RequestId, () => void>();
  const watched: FetchLike = async (url, init) => {
    const id = init?.method === "POST" ? requestIdOf(init.body) : undefined;
    const own = new AbortController();
    if (id !== undefined) open.set(id, () => own.abort(new Error("nobody waits for the answer any more")));
    const signals = [own.signal, ...(init?.signal ? [init.signal] : [])];
    // A request is limited by its call; what is merely told, by this.
    if (id === undefined && init?.method === "POST") signals.push(AbortSignal.timeout(TOLD_MS));
    const signal = AbortSignal.any(signals);
    const response = await fetch(url, { ...init, signal }).catch((cause: unknown) => {
      if (id !== undefined) open.delete(id);
      throw cause;
    });
    const { status, statusText, headers, ok, body } = response;
    if (body === null) return response;
    const whole = { status, statusText, headers };
    if (!ok) return new Response(beginning(body), whole);
    if (!/^\s*text\/event-stream/i.test(headers.get("content-type") ?? "")) return new Response(limited(body), whole);
    const events = eventStream(body, (isResumable) => {
      if (id === undefined) return;
      open.delete(id);
      setTimeout(() => onStreamEnd(id, isResumable), ARRIVAL_MS);
    });
    if (id !== undefined) open.set(id, () => events.finish(id));
    return new Response(events.stream, whole);
  };
  return {
    fetch: watched,
    drop(id) {
      open.get(id)?.();
      open.delete(id);
    },
  };
}

/** Id of the request in a body; undefined for notifications and answers. */
function requestIdOf(body: unknown): RequestId | undefined {
  if (typeof body !== "string") return undefined;
  const message = JSON.parse(body) as { id?: RequestId; method?: string };
  return message.method === undefined ? undefined : message.id;
}

function beginning(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let bytes = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(chunk.subarray(0, MAX_ERROR_BYTES - bytes));
        bytes += chunk.length;
        if (bytes >= MAX_ERROR_BYTES) controller.terminate();
      },
    }),
  );
}

const tooLong = () => new Error(`the message has more than ${MAX_MESSAGE_BYTES / 1024 / 1024} MiB`);

function limited(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let bytes = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        if (bytes > MAX_MESSAGE_BYTES) controller.error(tooLong());
        else controller.enqueue(chunk);
      },
    }),
  );
}

function eventStream(
  body: ReadableStream<Uint8Array>,
  ended: (isResumable: boolean) => void,
): { stream: ReadableStream<Uint8Array>; finish(id: RequestId): void } {
  const reader = body.getReader();
  const measure = new EventMeasure();
  let control: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => void (control = controller),
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done && measure.take(value) > MAX_MESSAGE_BYTES) throw tooLong();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (cause) {
        void reader.cancel().catch(() => undefined);
        controller.error(cause);
      }
      ended(measure.hasNames);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const finish = (id: RequestId) => {
    void reader.cancel().catch(() => undefined);
    // The transport takes up every stream that ended without an answer, so this one gets an answer nobody waits for.
    const answer = `\n\ndata: ${JSON.stringify({ jsonrpc: "2.0", id, result: {} })}\n\n`;
    control?.enqueue(Buffer.from(answer));
    control?.close();
  };
  return { stream, finish };
}

/** Bytes of the event that is arriving, and whether events have names. */
class EventMeasure {
  hasNames = false;
  #bytes = 0;
  #carry = "";

  take(chunk: Uint8Array): number {
    const text = this.#carry + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1");
    this.hasNames ||= /(?:^|[\r\n])id: ?[^\s]/.test(text);
    const blank = Math.max(text.lastIndexOf("\n\n"), text.lastIndexOf("\n\r\n"), text.lastIndexOf("\r\r"));
    this.#bytes = blank === -1 ? this.#bytes + chunk.length : text.length - blank;
    this.#carry = text.slice(-5);
    return this.#bytes;
  }
}
