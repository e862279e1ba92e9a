import type { FoundEndpoint } from "../../protocol/endpoint-profile.ts";
import { exactly } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";

/** A model runtime on this machine, as a line, and as a question before it is used. */
export interface FoundLine {
  title: string;
  subtitle: string;
  /** Why it cannot be chosen, in a word or two; "" where it can. */
  known: string;
  question: { title: string; message: string };
}

/** How it is offered. Whoever listens there may be a stranger, so its address is always said. */
export function presentFound({ runtime, url, models, window, knownAs }: FoundEndpoint): FoundLine {
  const who = runtime === "unknown" ? "A server that lists models" : runtime;
  const [first, ...others] = models.map((model) => oneLine(model, 80));
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const tokens = window === undefined ? "" : ` · ${exactly(window)} tokens`;
  const known = knownAs.length > 0 ? `Already there as ${knownAs.join(", ")}` : first === undefined ? "No Model" : "";
  return {
    title: first ?? who,
    subtitle: `${who} at ${url}${more}${tokens}`,
    known,
    question: {
      title: `Use ${first ?? "It"}?`,
      message: `From now on loopd sends what you ask to ${who} at ${url}. It counts as local: nothing that you ask leaves this machine, and nothing is replaced by placeholders. If you do not know what listens there, do not use it.`,
    },
  };
}
