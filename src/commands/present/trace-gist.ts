import type { Entry } from "../../protocol/entries.ts";
import { callSummary } from "./call.ts";
import { entryGist } from "./entry.ts";
import { oneLine } from "./terminal-text.ts";

const LONGEST = 140;

/** What an entry of a trace says, in one line without its kind; not what the calls in `secrets` put into secret fields. */
export function traceGist(entry: Entry, secrets: ReadonlySet<string>): string {
  if (entry.kind !== "tool.requested" || !secrets.has(entry.data.callId)) return entryGist(entry);
  const { name, arguments: values } = entry.data;
  const shown = Object.entries(values ?? {}).filter(([key]) => key === "action" || key === "ref");
  return oneLine(`${callSummary(name, Object.fromEntries(shown))} (its text is not shown: a secret field)`, LONGEST);
}

/** Adds the calls of a part of a trace that put something into a secret field, and those of which it does not tell yet. */
export function addSecrets(secrets: Set<string>, part: readonly Entry[]): void {
  for (const { kind, data } of part) {
    if (kind === "tool.requested" && data.name === "screen_act") secrets.add(data.callId);
    if (kind !== "tool.decided") continue;
    if (data.facts.isSecure === true) secrets.add(data.callId);
    else secrets.delete(data.callId);
  }
}
