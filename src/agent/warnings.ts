import type { EntryDraft } from "../protocol/entries.ts";
import type { Warning } from "./ports.ts";
import type { TurnView } from "./transcript.ts";

/** A person has been warned. */
export function warned(view: TurnView, warning: Warning): TurnView {
  return { ...view, warned: [...view.warned, warning.text, keyOf(view, warning)] };
}

/** Entries for the warnings that are news: each kind once an epoch, the same words once a session. */
export function warningDrafts(view: TurnView, turn: string, warnings: readonly Warning[]): EntryDraft[] {
  return warnings
    .filter((warning) => !view.warned.includes(warning.text) && !view.warned.includes(keyOf(view, warning)))
    .map((data): EntryDraft => ({ kind: "warning.raised", session: view.session, turn, data }));
}

function keyOf({ epoch }: TurnView, { code }: Warning): string {
  return `${epoch?.id ?? ""} ${code}`;
}
