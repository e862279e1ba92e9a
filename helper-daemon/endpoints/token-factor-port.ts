import { requestBytes } from "../../src/agent/context/render.ts";
import type { ModelRequest, Ports } from "../../src/agent/ports.ts";
import { REHEARSAL_ENDPOINT } from "../../src/protocol/config.ts";
import type { CapabilityFile } from "./capabilities.ts";
import { UNSAVED_PREFIX } from "./endpoint-failure.ts";

/** A way to models that learns, from each request and the tokens reported for it, how to count a model's tokens. */
export function withTokenFactors(model: Ports["model"], capabilities: Pick<CapabilityFile, "learn">): Ports["model"] {
  return async (request, signal, tell) => {
    const answering = model(request, signal, tell);
    // While the server works, not while the loop waits.
    const bytes = countableBytes(request);
    const reply = await answering;
    if (bytes !== undefined && reply.type === "responded" && reply.usage !== undefined)
      capabilities.learn(request.endpoint, request.model, bytes, reply.usage.inputTokens);
    return reply;
  };
}

/** Undefined where nothing can be learnt, or nothing may be kept. */
function countableBytes(request: ModelRequest): number | undefined {
  const { endpoint, messages } = request;
  if (endpoint === REHEARSAL_ENDPOINT || endpoint.startsWith(UNSAVED_PREFIX)) return undefined;
  const hasImages = messages.some(({ content }) => content.some(({ type }) => type === "image"));
  return hasImages ? undefined : requestBytes(request);
}
