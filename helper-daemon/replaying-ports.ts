import { canonicalize } from "../src/agent/canonical.ts";
import type { Outcome, Ports } from "../src/agent/ports.ts";
import type { Entry, EntryData, EntryOf } from "../src/protocol/entries.ts";
import { type Json, type SessionId, type TurnId, turnOfCall } from "../src/protocol/values.ts";
import type { EntryLog } from "./store/entry-log.ts";

/** What calls of a turn that is asked again find instead of their tools, by tool and arguments, in the order recorded. */
type Results = ReadonlyMap<string, readonly EntryOf<"tool.finished">[]>;

/** Ends that say what a tool answers; the others say what became of the helper or the turn. */
const TELLING: ReadonlySet<string> = new Set(["ok", "error", "timed-out"]);

/**
 * The ports of a session whose turns may be others asked again. With recorded results, a call with the same tool and
 * arguments gets the recorded end without running anything, the first such call the first end and so on; facts say whether
 * there is one, so that policy denies the others. Stands outside of the redaction: trace and calls hold the same placeholders.
 */
export function replayingPorts(ports: Ports, log: Pick<EntryLog, "all" | "ofTurn">): Ports {
  const known = new Map<TurnId, { session: SessionId; results: Results } | undefined>();
  const resultsOf = (turn: TurnId) => {
    if (known.has(turn)) return known.get(turn);
    const replay = log.ofTurn(turn, "turn.started")[0]?.data.replay;
    if (known.size > 100) known.clear();
    const isRecorded = replay?.tools === "recorded";
    const found = isRecorded
      ? { session: replay.session, results: resultsIn(log.all(replay.session, replay.at)) }
      : undefined;
    known.set(turn, found);
    return found;
  };
  const resultFor = (callId: string, name: string, values: Json) => {
    const turn = turnOfCall(callId);
    const found = resultsOf(turn);
    const list = found?.results.get(keyOf(name, values)) ?? [];
    if (found === undefined || list.length === 0) return undefined;
    const used = new Set(log.ofTurn(turn, "tool.finished").map(({ data }) => data.recorded?.callId));
    const result = list.find(({ data }) => !used.has(data.callId)) ?? list.at(-1);
    return result && { session: found.session, data: result.data };
  };
  return {
    ...ports,
    inspect: async (call) => {
      const facts = await ports.inspect(call);
      if (resultFor(call.callId, call.name, call.arguments) === undefined) return facts;
      // What the world is like now does not matter to what was recorded; what rules say about the call does.
      return { ...facts, refusal: undefined, isRecorded: true };
    },
    run: async (call, context) => {
      if (call.facts.isRecorded !== true) return ports.run(call, context);
      const found = resultFor(call.callId, call.name, call.arguments);
      return found === undefined ? GONE : outcomeOf(found.session, found.data);
    },
  };
}

const GONE: Outcome = {
  kind: "error",
  text: "ERROR: The recorded result of this call is gone, so there is none. Nothing ran.",
  isSideEffectPossible: false,
};

/** The recorded end as an outcome. What the model saw of files and windows it has not seen of those that are there now. */
function outcomeOf(session: SessionId, data: EntryData<"tool.finished">): Outcome {
  const { callId, outcome: kind, text, content, blob, taints } = data;
  const brought = { ...(content && { content }), ...(blob && { blob }), ...(taints && { taints }) };
  return { kind, text, ...brought, isSideEffectPossible: false, recorded: { session, callId } };
}

function resultsIn(entries: readonly Entry[]): Results {
  const results = new Map<string, EntryOf<"tool.finished">[]>();
  const calls = new Map<string, { name: string; arguments: Json; isStarted: boolean }>();
  const cards = new Map<string, string>();
  const change = (callId: string | undefined, more: { arguments?: Json; isStarted?: boolean }) => {
    const call = calls.get(callId ?? "");
    if (call !== undefined) calls.set(callId ?? "", { ...call, ...more });
  };
  for (const entry of entries) {
    switch (entry.kind) {
      case "tool.requested": {
        const { callId, name, arguments: values } = entry.data;
        calls.set(callId, { name, arguments: values, isStarted: false });
        break;
      }
      case "hook.applied":
        if (entry.data.arguments !== undefined) change(entry.data.callId, { arguments: entry.data.arguments });
        break;
      case "card.opened":
        cards.set(entry.data.cardId, entry.data.callId ?? "");
        break;
      case "card.resolved":
        if (entry.data.resolution === "edited" && entry.data.arguments !== undefined)
          change(cards.get(entry.data.cardId), { arguments: entry.data.arguments });
        break;
      case "tool.started":
        change(entry.data.callId, { isStarted: true });
        break;
      case "tool.finished": {
        const call = calls.get(entry.data.callId);
        if (call?.isStarted !== true || !TELLING.has(entry.data.outcome)) break;
        const key = keyOf(call.name, call.arguments);
        results.set(key, [...(results.get(key) ?? []), entry]);
        break;
      }
      default:
    }
  }
  return results;
}

function keyOf(name: string, values: Json): string {
  return canonicalize([name, values]);
}
