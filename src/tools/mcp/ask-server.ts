import type { Progress } from "@modelcontextprotocol/sdk/types.js";
import type * as z from "zod";
import type { CallContext } from "../../agent/ports.ts";
import { type Connection, whyClosed } from "./connection.ts";
import { failureWords, httpStatusOf, networkCodeOf } from "./failure-words.ts";
import type { McpServer } from "./server.ts";
import { oneLineOf } from "./server-log.ts";

/** The SDK's own limit, in milliseconds: the longest that a timer takes. The call's limit is the loop's business. */
const NEVER_MS = 2_147_483_647;
/** A call's progress is told at most so often. */
const PROGRESS_EVERY_MS = 100;

/** What a server is asked for during a call. */
export interface ServerRequest<T extends z.ZodType> {
  method: string;
  params: Record<string, unknown>;
  result: T;
}

/** What came of it. `stopped`: the call's signal fired. */
export type ServerAnswer<T> = { type: "answered"; value: T } | { type: "failed"; words: string } | { type: "stopped" };

type Context = Pick<CallContext, "signal" | "ask" | "progress" | "restartLimit">;

/**
 * Asks a server on behalf of a call: starts it if need be, passes its progress and questions on, tells it when the call
 * is stopped. Never rejects; a server that ignores the stop is not waited for.
 */
export async function askServer<T extends z.ZodType>(
  server: McpServer,
  request: ServerRequest<T>,
  context: Context,
): Promise<ServerAnswer<z.output<T>>> {
  let connection: Connection | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const open = await server.connect(context.signal, "patient");
      connection = open;
      const value = await server.calls.during(context, () => send(open, request, context));
      server.succeeded();
      return { type: "answered", value };
    } catch (thrown) {
      if (context.signal.aborted) return { type: "stopped" };
      const status = httpStatusOf(thrown);
      // A server that was started anew does not know our session any more, and refused to do anything.
      const isSessionLost = (status === 404 || status === 400) && connection?.client.transport?.sessionId !== undefined;
      if (connection !== undefined && (isSessionLost || networkCodeOf(thrown) !== undefined)) await connection.close();
      if (isSessionLost && attempt === 1) continue;
      return { type: "failed", words: server.secrets.hideAll(await wordsOf(thrown, connection)) };
    }
  }
}

async function send<T extends z.ZodType>(
  { client }: Connection,
  { method, params, result }: ServerRequest<T>,
  context: Context,
): Promise<z.output<T>> {
  const stop = new AbortController();
  const onStop = () => stop.abort("The call was stopped.");
  context.signal.addEventListener("abort", onStop, { once: true });
  if (context.signal.aborted) onStop();
  let told = -Infinity;
  const onprogress = (progress: Progress) => {
    context.restartLimit();
    const now = performance.now();
    if (now - told < PROGRESS_EVERY_MS) return;
    told = now;
    context.progress(progressWords(progress));
  };
  try {
    const options = { signal: stop.signal, timeout: NEVER_MS, onprogress };
    return (await client.request({ method, params }, result, options)) as z.output<T>;
  } finally {
    context.signal.removeEventListener("abort", onStop);
  }
}

function progressWords({ progress, total, message = "" }: Progress): string {
  const count = total === undefined ? String(progress) : `${progress} of ${total}`;
  return [oneLineOf(message, 200), count].filter((part) => part !== "").join(" · ");
}

/** Why a call failed. */
async function wordsOf(thrown: unknown, connection: Connection | undefined): Promise<string> {
  const why = connection && (await whyClosed(thrown, connection.closed));
  if (why === undefined) return failureWords(thrown);
  return `It went away while this call ran, so whether the call had an effect is unknown. ${why} It is started anew with the next call.`;
}
