import type { Conversation } from "./conversation.ts";

/** How many calls of a conversation have no result right behind them, and how many results no call right before them. */
export function orphansOf({ turns }: Conversation): number {
  let open = new Set<string>();
  let orphans = 0;
  for (const turn of turns) {
    if (turn.from === "result") {
      if (!open.delete(turn.id)) orphans += 1;
      continue;
    }
    orphans += open.size;
    open = new Set(turn.from === "assistant" ? turn.ids : []);
  }
  return orphans + open.size;
}
