import type { Entry, EntryDraft } from "../../protocol/entries.ts";
import { canonicalize } from "../canonical.ts";
import type { NextStep } from "../next-step.ts";

/**
 * What a step of the loop leaves in the trace, ticked off as it is found there: a step may be many entries, and while it is
 * performed the loop is not asked again.
 */
export interface Ongoing {
  step: NextStep;
  /** What a `record` step still has to leave, in order. */
  left: readonly EntryDraft[];
  seen: ReadonlySet<string>;
}

/** Whether an entry is what a step leaves: `rest` is then what else it may; `differs` says in which field it is not. */
type Explained = { type: "same"; rest: Ongoing } | { type: "no" } | { type: "differs"; draft: EntryDraft };

/** The beginning of a step. */
export function beginning(step: NextStep): Ongoing {
  const left = step.type === "record" || step.type === "refuse" ? step.entries : [];
  return { step, left, seen: new Set() };
}

/** Looks for an entry among what a step leaves. */
export function explain(ongoing: Ongoing, entry: Entry): Explained {
  const { step, left, seen } = ongoing;
  const about = subjectOf(entry);
  if (step.type === "record" || step.type === "refuse") {
    const index = left.findIndex((draft) => subjectOf(draft) === about);
    const draft = left[index];
    if (draft === undefined) return { type: "no" };
    if (decisionIn(draft) !== decisionIn(entry)) return { type: "differs", draft };
    return { type: "same", rest: { ...ongoing, left: left.filter((_, place) => place !== index) } };
  }
  if (seen.has(about) || !leaves(step, entry)) return { type: "no" };
  // A summary may be asked for twice.
  const isOnce = entry.kind !== "request.sent";
  return { type: "same", rest: isOnce ? { ...ongoing, seen: new Set([...seen, about]) } : ongoing };
}

function leaves(step: NextStep, entry: Entry): boolean {
  const isAbout = (calls: readonly { callId: string }[], callId: string | undefined) =>
    calls.some((call) => call.callId === callId);
  switch (entry.kind) {
    case "epoch.opened":
      return (step.type === "open-epoch" || step.type === "compact") && step.reason === entry.data.reason;
    case "epoch.skipped":
      return step.type === "compact" && step.reason === entry.data.reason;
    case "request.sent": {
      const { purpose } = entry.data;
      if (purpose === "turn") return step.type === "call-model";
      return purpose === "summarise" ? step.type === "compact" : step.type === "judge";
    }
    case "tool.decided":
      return step.type === "decide" && isAbout(step.calls, entry.data.callId);
    case "tool.started":
      return step.type === "run-calls" && isAbout(step.calls, entry.data.callId);
    case "hook.applied": {
      const { at, callId, hook } = entry.data;
      if (at === "answer") return step.type === "judge" && step.hook.name === hook;
      if (at === "before") return step.type === "before-hooks" && isAbout(step.calls, callId);
      if (at === "decide") return step.type === "decide" && isAbout(step.calls, callId);
      return (
        step.type === "after-hooks" &&
        isAbout(
          step.ends.map(({ data }) => data),
          callId,
        )
      );
    }
    default:
      return false;
  }
}

/** What tells an entry from the others that the same step leaves. */
function subjectOf({ kind, data }: EntryDraft): string {
  switch (kind) {
    case "tool.requested":
    case "tool.decided":
    case "tool.started":
    case "tool.finished":
      return `${kind} ${data.callId}`;
    case "card.opened":
    case "card.resolved":
      return `${kind} ${data.cardId}`;
    case "hook.applied":
      return `${kind} ${data.at} ${data.hook} ${data.callId ?? ""}`;
    default:
      return kind;
  }
}

/** What was decided with an entry, but for its words. */
function decisionIn({ kind, data }: EntryDraft): string {
  switch (kind) {
    case "tool.requested":
      return canonicalize([data.name, data.effect ?? null, data.arguments, data.coerced === true]);
    case "tool.finished":
      return data.outcome;
    case "card.opened":
      return data.type;
    case "card.resolved":
      return data.resolution;
    case "note.added":
      return canonicalize([data.from, data.closes ?? null]);
    case "turn.finished":
      return canonicalize([data.finish, data.error?.code ?? null, (data.waived ?? []).map(({ hook }) => hook)]);
    case "epoch.skipped":
      return data.reason;
    default:
      return "";
  }
}
