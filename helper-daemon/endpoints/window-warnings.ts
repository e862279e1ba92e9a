import type { Warning } from "../../src/agent/ports.ts";
import { UNSAVED_PREFIX } from "../../src/protocol/config.ts";

interface Whom {
  endpoint: string;
  model: string;
}

const RAISE = "load the model with a larger context (Ollama: num_ctx or OLLAMA_CONTEXT_LENGTH)";

/** The server left out the beginning of a conversation and did not say so. Counts in tokens. */
export function droppedWarning(
  { endpoint, model }: Whom,
  { reported, expected, window }: { reported: number; expected: number; window: number },
): Warning {
  const counts = `it counted ${inWords(reported)} tokens in a request of about ${inWords(expected)}`;
  const text =
    `The endpoint "${endpoint}" seems to leave out the beginning of the conversation with ${model} without saying so: ${counts}. ` +
    `Its window is probably about ${inWords(window)} tokens, so loopd keeps to that from now on. ` +
    `If the server has room, ${RAISE}; then, or if this is wrong, ${declare(endpoint, "N")}.`;
  return { code: "messages-dropped", text };
}

/** Less is loaded than the profile declares. Tokens. */
export function smallerWarning(
  { endpoint, model }: Whom,
  { loaded, declared }: { loaded: number; declared: number },
): Warning {
  const text =
    `The endpoint "${endpoint}" has ${inWords(loaded)} tokens loaded for ${model}, not the ${inWords(declared)} that are declared, ` +
    `so loopd keeps to ${inWords(loaded)}. Either ${RAISE}, or ${declare(endpoint, String(loaded))}.`;
  return { code: "window-smaller", text };
}

function declare(endpoint: string, tokens: string): string {
  if (endpoint.startsWith(UNSAVED_PREFIX)) return `say how large it is with LOOPD_ENDPOINT_WINDOW=${tokens}`;
  return `say how large it is with: loopd endpoints set ${endpoint} --window ${tokens}`;
}

function inWords(tokens: number): string {
  return Math.round(tokens).toLocaleString("en-US");
}
