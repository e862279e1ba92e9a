import type { Entry } from "../../protocol/entries.ts";
import { exactly } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";

/** Something about a turn's context that a person should see while the turn goes on. */
export interface ContextNotice {
  text: string;
  /** A warning stays on the screen; progress may make room for what comes after. */
  type: "warning" | "progress";
}

const LONGEST = 400;

/** What an entry says about the room in the model's window, if it is about that. */
export function contextNotice(entry: Entry): ContextNotice | undefined {
  switch (entry.kind) {
    case "epoch.opened": {
      const { tokensBefore, tokensAfter } = entry.data;
      if (tokensBefore === undefined || tokensAfter === undefined) return undefined;
      return { type: "progress", text: `making room: ${exactly(tokensBefore)} → ${exactly(tokensAfter)} tokens` };
    }
    case "epoch.skipped":
      return { type: "progress", text: `no room could be made: ${oneLine(entry.data.why, LONGEST)}` };
    case "request.sent":
      return entry.data.purpose === "summarise" ? { type: "progress", text: "summarising…" } : undefined;
    case "request.failed": {
      const why = oneLine(entry.data.message, LONGEST);
      return { type: "progress", text: `too large for the model's window, so it is asked again with less: ${why}` };
    }
    case "warning.raised":
      return { type: "warning", text: `Warning: ${oneLine(entry.data.text, 2 * LONGEST)}` };
    default:
      return undefined;
  }
}
