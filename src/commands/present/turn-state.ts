import type { SessionRow, TurnState } from "../../protocol/requests.ts";

/** Names of Raycast's colours. */
export type Tint = "Blue" | "Green" | "Orange" | "Red" | "SecondaryText";

const words: Record<SessionRow["state"], string> = {
  empty: "Empty",
  queued: "Queued",
  running: "Working",
  waiting: "Waiting for you",
  done: "Done",
  "max-tokens": "Cut off",
  "step-limit": "Out of steps",
  budget: "Out of budget",
  refused: "Refused",
  cancelled: "Cancelled",
  failed: "Failed",
  interrupted: "Interrupted",
};

/** A state of a turn, or of a session by its newest turn, as a person reads it; the colour only repeats the words. */
export function stateTag(state: TurnState | "empty"): { text: string; tint: Tint } {
  return { text: words[state], tint: tintOf(state) };
}

function tintOf(state: TurnState | "empty"): Tint {
  if (state === "queued" || state === "running") return "Blue";
  if (state === "waiting") return "Orange";
  if (state === "done") return "Green";
  return state === "cancelled" || state === "empty" ? "SecondaryText" : "Red";
}
