import type { Block, Message } from "../../protocol/values.ts";
import { canonicalize } from "../canonical.ts";
import type { CallRecord, CallView, TurnView } from "../transcript.ts";
import { breakFrames, frame, pendingMessages } from "./render.ts";

/** What stands in place of a result that is left out: which call it was, how long, and how to get it back. */
function stubOf({ name, arguments: values, outcome, bytes, blob }: CallRecord): string {
  const again =
    blob === undefined ? "call it again if you need it" : `get it with read_more(${canonicalize({ blob })})`;
  // What the model wrote begins a line of its own, so that it does not speak in loopd's.
  const call = `${name} ${values}`.replace(/\s+/g, " ");
  return `${outcome === "ok" ? "" : "ERROR: "}Left out: ${bytes} bytes (${outcome}); ${again}. Of the call:\n${call}`;
}

/**
 * The view with the results of these calls left out, sent or not. What was said to the open turn behind such a result
 * stays. Pure over view and ids, so that every fold of a trace leaves out the same.
 */
export function leaveOut(view: TurnView, ids: readonly string[]): TurnView {
  if (ids.length === 0) return view;
  const wanted = new Set(ids);
  const records = new Map(
    view.calls.filter(({ wireId }) => wanted.has(wireId)).map((record) => [record.wireId, record]),
  );
  const { turn } = view;
  const words = turn === undefined || turn.finish !== undefined ? [] : turn.words;
  const stub = (block: Block): Block => {
    const record = block.type === "tool_result" ? records.get(block.tool_use_id) : undefined;
    if (block.type !== "tool_result" || record === undefined) return block;
    const notes = words.filter((word) => saysBehind(block, word, view.nonce));
    const left = frame(view.nonce, breakFrames(stubOf(record), view.nonce));
    return { ...block, content: [left, ...notes].join("\n\n") };
  };
  const sealed = view.sealed.map((message) => {
    const isConcerned = message.content.some((one) => one.type === "tool_result" && records.has(one.tool_use_id));
    return isConcerned ? { ...message, content: message.content.map(stub) } : message;
  });
  const without = { ...view, sealed, results: view.results.map(stub) };
  if (turn?.step === undefined) return without;
  const calls = turn.step.calls.map((call): CallView => {
    const record = records.get(call.wireId);
    if (record === undefined || call.outcome === undefined) return call;
    return { ...call, outcome: { ...call.outcome, text: stubOf(record) } };
  });
  return { ...without, turn: { ...turn, step: { ...turn.step, calls } } };
}

/** Whether a note stands behind a result. No output can pose as one: it holds no whole frame. */
export function saysBehind(block: Block, note: string, nonce: string): boolean {
  return block.type === "tool_result" && note.startsWith(frame(nonce, "")) && block.content.includes(`\n\n${note}`);
}

/** Results among messages that are much larger than what would stand in their place. */
export function stubbable(view: TurnView, messages: readonly Message[]): string[] {
  const records = new Map(view.calls.map((record) => [record.wireId, record]));
  return messages.flatMap(({ content }) =>
    content.flatMap((block) => {
      const record = block.type === "tool_result" ? records.get(block.tool_use_id) : undefined;
      if (block.type !== "tool_result" || record === undefined) return [];
      return block.content.length > 2 * stubOf(record).length ? [record.wireId] : [];
    }),
  );
}

/** Those of these results that show the screen as it no longer is: all but the newest one of the session. */
export function staleScreens(view: TurnView, ids: readonly string[]): string[] {
  const screens = view.calls.filter(({ name }) => name.startsWith("screen_")).map(({ wireId }) => wireId);
  const stale = new Set(screens.slice(0, -1));
  return ids.filter((id) => stale.has(id));
}

/** Results that no request has carried yet, as far as leaving them out makes a difference. */
export function unsentStubbable(view: TurnView): string[] {
  return stubbable(view, pendingMessages(view));
}
