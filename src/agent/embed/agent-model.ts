import * as z from "zod";
import { asLoopdError } from "../../protocol/errors.ts";
import { blockSchema, usageSchema } from "../../protocol/values.ts";
import type { ModelReply, ModelRequest, Tell } from "../ports.ts";

const replySchema = z.object({
  content: z.array(blockSchema),
  stopReason: z.string(),
  usage: usageSchema.optional(),
});

/** What a model said: blocks in the shape of the Anthropic Messages API. */
export type AgentModelReply = z.input<typeof replySchema>;

/**
 * Asks a model. Everything it throws fails the turn with that message; retries are its own business. `tell` shows text as
 * it comes, `signal` fires when the turn is cancelled or the session closed.
 */
export type AgentModel = (
  request: ModelRequest,
  context: { signal: AbortSignal; tell: Tell },
) => AgentModelReply | Promise<AgentModelReply>;

/** One request, as the loop wants it: whatever goes wrong is a value. */
export async function askModel(
  model: AgentModel,
  request: ModelRequest,
  signal: AbortSignal,
  tell: Tell,
): Promise<ModelReply> {
  try {
    const reply = await untilAborted(signal, model(structuredClone(request), { signal, tell }));
    const said = replySchema.safeParse(reply);
    // What cannot be kept was not said: it fails here, not when it is recorded.
    JSON.stringify(said.data);
    if (said.success) return { type: "responded", ...said.data };
    const [issue] = said.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "the reply" : issue.path.join(".");
    const message = `The model function answered something that is no reply: ${where}: ${issue?.message ?? "unreadable"}.`;
    return { type: "failed", code: "endpoint-bad-response", message };
  } catch (thrown) {
    if (signal.aborted) return { type: "aborted" };
    const { code, message } = asLoopdError(thrown);
    return { type: "failed", code: code === "internal" ? "endpoint-server-error" : code, message };
  }
}

/** A model function that does not heed its signal is left behind. */
async function untilAborted<T>(signal: AbortSignal, work: T | Promise<T>): Promise<T> {
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(new Error("the request was stopped"));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}
