import type { Limits } from "../../protocol/config.ts";
import type { Entry } from "../../protocol/entries.ts";
import type { Hook } from "../../protocol/hooks.ts";
import type { SeenWindow } from "../../protocol/model-entries.ts";
import type { Rule } from "../../protocol/values.ts";
import type { Settings, ToolBook } from "../ports.ts";
import type { TurnView } from "../transcript.ts";
import type { KnownTools } from "./recorded-book.ts";

/** What a replay decides by, where the trace does not say it. */
export interface ReplaySettings {
  /** Floor, the person's own and defaults. Grants among them do not count: those in force are in traces. */
  rules: readonly Rule[];
  /** `rule.added` and `rule.removed` of grants that belong to no session, with seqs of the same store. Absent: none. */
  granted?: readonly Entry[];
  hooks: readonly Hook[];
  limits: Limits;
  tools: KnownTools;
}

/** The settings under which an entry came about: what it and the trace before it say, the rest as given. */
export function settingsAt(
  { hooks, limits }: ReplaySettings,
  book: Omit<ToolBook, "schemas" | "schemaOf">,
  view: TurnView,
  entry: Entry,
  { rules, window }: { rules: readonly Rule[]; window: SeenWindow | undefined },
): Settings {
  const isOpening = entry.kind === "epoch.opened";
  const fingerprint = isOpening ? entry.data.redaction : view.epoch?.redaction;
  const redaction = fingerprint === undefined ? {} : { redaction: { fingerprint, note: "" } };
  const frozen = isOpening ? entry.data : view.epoch;
  const tools: ToolBook = {
    ...book,
    schemas: () => frozen?.tools ?? [],
    schemaOf: (name) => frozen?.tools.find((tool) => tool.name === name),
  };
  const known = window === undefined ? {} : { windowOf: () => window };
  return { rules, hooks, limits, tools, memoryIndex: notesOf(frozen), ...redaction, ...known };
}

/** The notes as they stand at the end of a system text. */
function notesOf(frozen: { system: string; memoryBytes?: number } | undefined): string {
  const { system = "", memoryBytes = 0 } = frozen ?? {};
  if (memoryBytes <= 0) return "";
  return new TextDecoder().decode(new TextEncoder().encode(system).slice(-memoryBytes));
}

/** The window by which each entry was decided: its own word, else that of the next entry that has one to say. */
export function windowsOf(entries: readonly Entry[]): (SeenWindow | undefined)[] {
  let next: SeenWindow | undefined;
  const windows = [...entries].reverse().map((entry) => {
    if (entry.kind === "turn.finished") return entry.data.window;
    if (isTelling(entry)) next = entry.data.window;
    return next;
  });
  return windows.reverse();
}

function isTelling(entry: Entry): entry is Extract<Entry, { kind: "request.sent" | "epoch.opened" | "epoch.skipped" }> {
  if (entry.kind === "request.sent") return entry.data.purpose === "turn";
  return entry.kind === "epoch.opened" || entry.kind === "epoch.skipped";
}
