import { join } from "node:path";
import Database from "better-sqlite3";
import { expect } from "vitest";
import type { Delta, Entry, EntryOf } from "../../../src/protocol/entries.ts";
import { connectTo } from "../../fakes/helper.ts";
import { runsOf, spokenIn, type Told } from "./stream-contract.ts";

/** What a face that follows everything hears, in the order in which it hears it. */
type Heard = { entry: Entry } | { delta: Delta };

/** A face that only listens. */
export interface Listening {
  heard: Heard[];
  /** Number of the newest entry when it began: what was told of earlier requests it may have missed. */
  since: number;
  close(): void;
}

/** Follows every session of a helper on a connection of its own. */
export async function listenTo(helper: { home: string }): Promise<Listening> {
  const heard: Heard[] = [];
  const connection = await connectTo(helper.home, (name, value) => {
    if (name === "entries.added") heard.push(...(value as { entries: Entry[] }).entries.map((entry) => ({ entry })));
    if (name === "delta") heard.push({ delta: (value as { delta: Delta }).delta });
  });
  await connection.request("entries.follow", { after: 0, deltas: true });
  return { heard, since: newestSeq(helper.home), close: () => connection.close() };
}

function newestSeq(home: string): number {
  const database = new Database(join(home, "loopd.db"), { readonly: true });
  const { seq } = database.prepare("SELECT max(seq) AS seq FROM entries").get() as { seq: number | null };
  database.close();
  return seq ?? 0;
}

/** What is known of one request while it is heard. */
interface OpenRequest {
  turn: string | undefined;
  /** Since the last reset. */
  told: Told[];
  isOver: boolean;
  /** Something may have been told before anybody listened. */
  isPartial: boolean;
}

/**
 * Checks what every face is promised: entries in the order of their numbers, each once; no delta before the entry that it
 * belongs to, none after the end, a reset only after something was told; at most one response to a request, whose words are
 * those told since the last reset; one end for every turn and nothing of it behind that.
 */
export function expectSocketContract({ heard, since }: Pick<Listening, "heard" | "since">): void {
  const requests = new Map<string, OpenRequest>();
  const running = new Set<string>();
  const turns = new Map<string, "open" | "over">();
  let newest = 0;
  for (const one of heard) {
    if ("delta" in one) {
      hearDelta(one.delta, requests, running);
      continue;
    }
    const { entry } = one;
    expect(entry.seq).toBeGreaterThan(newest);
    newest = entry.seq;
    hearEntry(entry, requests, running, turns);
    const fresh = requests.get(entry.id);
    if (fresh !== undefined) fresh.isPartial = entry.seq <= since;
  }
}

function hearDelta(delta: Delta, requests: Map<string, OpenRequest>, running: ReadonlySet<string>): void {
  const { channel, request, text } = delta;
  if (channel === "progress") {
    expect(running, `progress of a call that does not run: ${request}`).toContain(request);
    return;
  }
  const open = requests.get(request);
  expect(open, `a delta before its request: ${JSON.stringify(delta)}`).toBeDefined();
  if (open === undefined) return;
  expect(open.isOver, `a delta after the end of its request: ${JSON.stringify(delta)}`).toBe(false);
  if (channel === "reset") {
    expect(open.told.length > 0 || open.isPartial, "a reset of nothing").toBe(true);
    open.told = [];
    return;
  }
  expect(text).not.toBe("");
  open.told.push({ channel, text });
}

function hearEntry(
  entry: Entry,
  requests: Map<string, OpenRequest>,
  running: Set<string>,
  turns: Map<string, "open" | "over">,
): void {
  const { turn } = entry;
  if (turn !== undefined && entry.kind !== "turn.started") {
    // Results that come back too late are recorded as just that.
    const isAfterEnd = turns.get(turn) === "over" && entry.kind !== "tool.late";
    expect(isAfterEnd, `${entry.kind} after the end of its turn`).toBe(false);
  }
  switch (entry.kind) {
    case "turn.started":
      expect(turns.has(turn ?? "")).toBe(false);
      turns.set(turn ?? "", "open");
      return;
    case "turn.finished":
      turns.set(turn ?? "", "over");
      for (const open of requests.values()) if (open.turn === turn) open.isOver = true;
      return;
    case "request.sent":
      // Whatever was not answered is asked anew, and nothing more comes of it.
      for (const open of requests.values()) if (open.turn === turn) open.isOver = true;
      requests.set(entry.id, { turn, told: [], isOver: false, isPartial: false });
      return;
    case "model.responded":
      return hearResponse(entry, requests.get(entry.parent ?? ""));
    case "tool.started":
      running.add(entry.data.callId);
      return;
    case "tool.finished":
      running.delete(entry.data.callId);
      return;
    default:
  }
}

function hearResponse({ data }: EntryOf<"model.responded">, open: OpenRequest | undefined): void {
  expect(open, "a response without a request").toBeDefined();
  if (open === undefined) return;
  expect(open.isOver, "a second response to a request").toBe(false);
  open.isOver = true;
  // Calls that were found in the text are no part of it any more.
  if (data.rescued === true || open.isPartial) return;
  expect(runsOf(open.told)).toEqual(spokenIn(data.content));
}
