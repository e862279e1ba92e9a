import type { Entry, EntryData, EntryKind } from "../../src/protocol/entries.ts";

/** Makes the entries of one turn, with rising sequence numbers, for tests of what faces make of them. */
export function entryMaker(turn = "t1", session = "s1"): <K extends EntryKind>(kind: K, data: EntryData<K>) => Entry {
  let seq = 0;
  return (kind, data) => {
    seq++;
    const at = new Date(Date.UTC(2026, 0, 1, 12, 0, seq)).toISOString();
    return { v: 1, seq, id: `e${seq}`, session, turn, kind, at, boot: "b", mono: seq, data } as Entry;
  };
}

/** Data of a `turn.started` entry. */
export function startedBy(endpoint: string, model = "m"): EntryData<"turn.started"> {
  return { input: "do it", origin: "user", originKey: "k", endpoint, model, overrides: {}, provenance: {} };
}

/** Data of a `request.sent` entry. */
export function requestTo(model: string): EntryData<"request.sent"> {
  return { epoch: "e0", purpose: "turn", endpoint: "x", model, bytes: 100, reusedBytes: 50 };
}

/** Data of a `model.responded` entry with one text block and, where named, calls. */
export function response(text: string, ...calls: string[]): EntryData<"model.responded"> {
  return {
    content: [
      { type: "text", text },
      ...calls.map((name, index) => ({ type: "tool_use" as const, id: `u${index}`, name, input: {} })),
    ],
    stopReason: calls.length > 0 ? "tool_use" : "end_turn",
    usage: { inputTokens: 10, cachedTokens: 5, outputTokens: 3 },
  };
}
