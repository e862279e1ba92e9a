import type { EntryDraft } from "../../protocol/entries.ts";
import type { Cause } from "../../protocol/values.ts";
import type { NextStep } from "../next-step.ts";

/** What an entry says was decided, in words. */
export function entryWords({ kind, data }: EntryDraft): string {
  switch (kind) {
    case "epoch.opened":
      return `open an epoch (${data.reason})`;
    case "epoch.skipped":
      return `open no epoch (${data.reason})`;
    case "request.sent":
      return data.purpose === "turn" ? "ask the model" : `ask a model to ${data.purpose}`;
    case "tool.requested":
      return `take ${data.callId} as ${data.name} (${data.effect ?? "no such tool"})`;
    case "tool.decided":
      return `decide ${data.callId}`;
    case "tool.started":
      return `run ${data.callId}`;
    case "tool.finished":
      return `end ${data.callId}: ${data.outcome}`;
    case "card.opened":
      return `open the ${data.type} ${data.cardId}`;
    case "card.resolved":
      return `close ${data.cardId}: ${data.resolution}`;
    case "hook.applied":
      return `ask the hook ${data.hook} at ${data.at}${data.callId === undefined ? "" : ` about ${data.callId}`}`;
    case "note.added":
      return data.closes === undefined ? "send the answer back" : `ask for the closing answer (${data.closes})`;
    case "turn.finished":
      return `end the turn: ${data.finish}${data.error === undefined ? "" : ` (${data.error.code})`}`;
    default:
      return kind;
  }
}

/** What a step would do, in words. */
export function stepWords(step: NextStep): string {
  switch (step.type) {
    case "record":
    case "refuse":
      return step.entries.map(entryWords).join(", ");
    case "open-epoch":
      return `open an epoch (${step.reason})`;
    case "compact":
      return `make the conversation smaller (${step.reason})`;
    case "call-model":
      return "ask the model";
    case "before-hooks":
      return `ask hooks before ${named(step.calls)}`;
    case "decide":
      return `decide ${named(step.calls)}`;
    case "run-calls":
      return `run ${named(step.calls)}`;
    case "after-hooks":
      return `ask hooks after ${named(step.ends.map(({ data }) => data))}`;
    case "judge":
      return `ask the hook ${step.hook.name} at answer`;
    case "await-person":
      return "wait for a person";
    case "end":
      return "nothing";
  }
}

/** Why a step is taken, where it says so itself. */
export function stepReason(step: NextStep): string | undefined {
  if (step.type !== "record" && step.type !== "refuse") return undefined;
  for (const { kind, data } of step.entries) {
    if (kind === "note.added") return data.why ?? data.text;
    if (kind === "turn.finished" && data.error !== undefined) return data.error.message;
    if (kind === "tool.finished") return data.text.replace(/^ERROR: /, "");
  }
  return undefined;
}

/** What policy said to a call, in words: its answer, the rule, and why a person is needed. */
export function verdictWords(answer: string, ruleId: string, causes: readonly Cause[]): string {
  const why = causes.map(({ type, source }) => `${type} of ${source}`).join(", ");
  return `${answer} by ${ruleId}${why === "" ? "" : ` (${why})`}`;
}

function named(calls: readonly { callId: string; name: string }[]): string {
  return calls.map(({ callId, name }) => `${callId} ${name}`).join(", ");
}
