import { join } from "node:path";
import Database from "better-sqlite3";
import { completionBody } from "../../../helper-daemon/endpoints/openai-request.ts";
import { requestBody } from "../../../helper-daemon/endpoints/request-body.ts";
import { canonicalize } from "../../../src/agent/canonical.ts";
import { pendingMessages } from "../../../src/agent/context/render.ts";
import { fold } from "../../../src/agent/fold.ts";
import { emptyView, type TurnView } from "../../../src/agent/transcript.ts";
import type { Entry, EntryOf } from "../../../src/protocol/entries.ts";
import type { ModelRequest } from "../../../src/agent/ports.ts";
import type { Witness } from "../helper.ts";
import { readWire, type WireRequest } from "./wire.ts";
import { type EndpointName, ENDPOINTS } from "./world.ts";

/** What a trace says that was sent: the entry, the request that the entries before it make, and that in its dialect. */
export interface Replayed {
  entry: EntryOf<"request.sent">;
  request: Pick<ModelRequest, "tools" | "system" | "messages">;
  wire: WireRequest;
  /** The request before it in its session, which may be one of the session that it was forked from. */
  before?: Replayed;
}

/** Every entry as the store keeps it, with placeholders, by its number. */
function storedEntries(home: string): Map<number, Entry> {
  const database = new Database(join(home, "loopd.db"), { readonly: true });
  try {
    const rows = database.prepare("SELECT * FROM entries ORDER BY seq").all() as (Entry & { data: unknown })[];
    return new Map(
      rows.map((row) => [
        row.seq,
        { ...row, turn: row.turn ?? undefined, v: 1, data: JSON.parse(String(row.data)) as unknown } as Entry,
      ]),
    );
  } finally {
    database.close();
  }
}

/** Folds every session anew from what is stored and makes each request again that the loop recorded as sent. */
export async function replayAll(face: Witness, home: string): Promise<{ sent: Replayed[]; views: TurnView[] }> {
  const stored = storedEntries(home);
  const sessions = [...new Set([...stored.values()].map(({ session }) => session))];
  const known = new Map<string, Replayed>();
  const views: TurnView[] = [];
  for (const session of sessions) views.push(replay(session, await historyOf(face, session, stored), known));
  const sent = [...known.values()].sort((one, other) => one.entry.seq - other.entry.seq);
  return { sent, views };
}

function replay(session: string, entries: readonly Entry[], known: Map<string, Replayed>): TurnView {
  let view = emptyView(session);
  let before: Replayed | undefined;
  for (const entry of entries) {
    if (entry.kind === "request.sent" && entry.data.purpose === "turn") {
      before = known.get(entry.id) ?? replayed(view, entry, before);
      known.set(entry.id, before);
    }
    view = fold(view, entry);
  }
  return view;
}

function replayed(view: TurnView, entry: EntryOf<"request.sent">, before: Replayed | undefined): Replayed {
  const { epoch } = view;
  if (epoch === undefined) throw new Error("a request without an epoch");
  const request = { tools: epoch.tools, system: epoch.system, messages: [...view.sealed, ...pendingMessages(view)] };
  return { entry, request, wire: wireOf(request, entry.data), before };
}

/** The request in the dialect of the endpoint that it was for. */
function wireOf(request: Replayed["request"], { endpoint, model }: { endpoint: string; model: string }): WireRequest {
  const { dialect } = ENDPOINTS[endpoint as EndpointName];
  const whole = { ...request, endpoint, model, maxTokens: 1, images: new Map<string, string>() };
  const body = dialect === "openai" ? completionBody(whole, new Set()) : requestBody(whole);
  return readWire(JSON.stringify(body));
}

/** The entries of a session in the order in which a face reads them, those that a fork shares first. */
async function historyOf({ connection }: Witness, session: string, stored: Map<number, Entry>): Promise<Entry[]> {
  const seqs: number[] = [];
  for (let isEnd = false; !isEnd;) {
    const page = await connection.request("entries.read", { session, after: seqs.at(-1) ?? 0, limit: 1000 });
    seqs.push(...page.entries.map(({ seq }) => seq));
    ({ isEnd } = page);
  }
  return seqs.flatMap((seq) => stored.get(seq) ?? []);
}

/** One part of a request as a server reads them one after the other, with its size as `request.sent` counts it. */
interface Part {
  /** As `brokenBy` calls it. */
  name: string;
  text: string;
  bytes: number;
}

/** The parts of a request: where it goes, which has no size, then what it says. */
export function partsOf(
  to: { endpoint: string; model: string },
  { tools, system, messages }: Replayed["request"],
): Part[] {
  const part = (name: string, text: string): Part => ({ name, text, bytes: Buffer.byteLength(text) });
  return [
    { name: "endpoint", text: to.endpoint, bytes: 0 },
    { name: "model", text: to.model, bytes: 0 },
    part("tools", canonicalize(tools)),
    part("system", system),
    ...messages.map((message, index) => part(`message ${index}`, canonicalize(message))),
  ];
}
