import type { Entry } from "../../protocol/entries.ts";
import type { Effect } from "../../protocol/values.ts";
import { canonicalize } from "../canonical.ts";
import type { ParseResult, ToolBook, ToolFace } from "../ports.ts";
import { callsOf, emptyView } from "../transcript.ts";
import { foldSafely } from "./fold-safely.ts";

/** What is known of tools today, so far as whoever replays can tell. A name that it does not know is taken as recorded. */
export type KnownTools = Pick<ToolBook, "find"> & Partial<Pick<ToolBook, "parse" | "meant">>;

/** Nothing that a replay asks of a tool takes time. */
const UNTIMED = 0;

/**
 * The tools as a trace tells of them: what became of each call's name and arguments is what was recorded of it, unless
 * today's tools can tell. An effect is today's where the tool still exists.
 */
export function recordedBook(entries: readonly Entry[], known: KnownTools): Omit<ToolBook, "schemas" | "schemaOf"> {
  const effects = new Map<string, Effect>();
  const names = new Map<string, string>();
  const parses = new Map<string, ParseResult>();
  const repeated = new Set<string>();
  const words = new Map<string, string>();
  let view = emptyView("");
  for (const entry of entries) {
    const calls = view.turn === undefined ? [] : callsOf(view.turn);
    const callOf = (callId: string) => calls.find((one) => one.callId === callId);
    if (entry.kind === "tool.requested") {
      const { callId, name, effect, rationale, coerced } = entry.data;
      const call = callOf(callId);
      if (effect !== undefined) effects.set(name, effect);
      if (call !== undefined && call.name !== name) names.set(call.name, name);
      const isCoerced = coerced === true && call?.name === name ? { isCoerced: true } : {};
      const parsed = { type: "parsed" as const, arguments: entry.data.arguments, ...isCoerced, rationale };
      if (call !== undefined && call.unparsed === undefined) parses.set(keyOf(name, call.arguments), parsed);
    }
    if (entry.kind === "tool.finished" && entry.data.outcome === "invalid") {
      const call = callOf(entry.data.callId);
      const message = entry.data.text.replace(/^ERROR: /, "");
      if (call !== undefined && call.decision === undefined) {
        parses.set(keyOf(call.name, call.arguments), { type: "invalid", message });
        words.set(call.name, message);
      }
    }
    if (entry.kind === "tool.started" && entry.data.attempt > 1) {
      const call = callOf(entry.data.callId);
      if (call !== undefined && !call.cards.some(({ type }) => type === "recovery")) repeated.add(call.name);
    }
    view = foldSafely(view, entry);
  }
  const recorded = (name: string): ToolFace | undefined => {
    const effect = effects.get(name);
    return effect && { name, effect, isIdempotent: repeated.has(name), timeLimit: UNTIMED };
  };
  return {
    find: (name) => known.find(name) ?? recorded(name),
    meant: (name) => known.meant?.(name) ?? names.get(name),
    parse: (name, input) =>
      known.parse !== undefined && known.find(name) !== undefined
        ? known.parse(name, input)
        : (parses.get(keyOf(name, input)) ?? { type: "parsed", arguments: input }),
    suggest: (name) => words.get(name) ?? `There is no tool ${name}.`,
  };
}

function keyOf(name: string, input: unknown): string {
  return canonicalize([name, input]);
}
