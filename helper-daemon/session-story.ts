import { canonicalize } from "../src/agent/canonical.ts";
import { fold } from "../src/agent/fold.ts";
import { emptyView, type TurnView } from "../src/agent/transcript.ts";
import type { Entry, EntryData, EntryOf } from "../src/protocol/entries.ts";
import type { EpochRow, SessionWindow } from "../src/protocol/session-window.ts";
import type { Message, SessionId } from "../src/protocol/values.ts";

/** What a session's trace tells of its requests and epochs. */
export interface SessionStory {
  view: TurnView;
  /** UTF-8 bytes, in canonical JSON, of what stands for exchanges that are no longer sent. */
  summaryBytes: number;
  told: Pick<SessionWindow, "requests" | "reported" | "epochs" | "repairs">;
}

/** How many of the newest turns the counts of repairs are about. */
const REPAIRED_TURNS = 10;

type Repairs = NonNullable<EntryData<"turn.finished">["repairs"]>;

/** Reads a session's whole trace once. */
export function tellStory(session: SessionId, entries: readonly Entry[]): SessionStory {
  let view = emptyView(session);
  let summaryBytes = 0;
  const epochs: EpochRow[] = [];
  const repairs: Repairs[] = [];
  const requests = { turn: 0, summarise: 0, tooLarge: 0, bytes: 0, reusedBytes: 0 };
  const reported: SessionWindow["reported"] = {};
  for (const entry of entries) {
    const before = view;
    view = fold(view, entry);
    switch (entry.kind) {
      case "epoch.opened":
        epochs.push(openedRow(entry, before));
        summaryBytes = summaryBytesAfter(summaryBytes, entry.data);
        break;
      case "epoch.skipped":
        epochs.push(skippedRow(entry, before));
        break;
      case "session.cleared":
        summaryBytes = 0;
        break;
      case "request.sent":
        if (entry.data.purpose === "summarise") requests.summarise += 1;
        if (entry.data.purpose !== "turn") break;
        requests.turn += 1;
        requests.bytes += entry.data.bytes;
        requests.reusedBytes += entry.data.reusedBytes;
        break;
      case "request.failed":
        requests.tooLarge += 1;
        break;
      case "model.responded":
        addReported(reported, entry.data);
        break;
      case "turn.finished":
        repairs.push(entry.data.repairs ?? {});
        break;
      default:
    }
  }
  const { bytes, reusedBytes, ...counts } = requests;
  const reusedShare = bytes === 0 ? {} : { reusedShare: reusedBytes / bytes };
  const told = { requests: { ...counts, ...reusedShare }, reported, epochs, repairs: summed(repairs) };
  return { view, summaryBytes, told };
}

function openedRow({ seq, at, data }: EntryOf<"epoch.opened">, { sealed }: TurnView): EpochRow {
  const { reason, keeps, keepsFrom = 0, stubs = [], tokensBefore, tokensAfter, unsummarised, spent } = data;
  const from = keeps === undefined ? sealed.length : keepsFrom;
  const droppedExchanges = exchangesOf(sealed.slice(0, from));
  const keptExchanges = exchangesOf(sealed.slice(from));
  const counts = { droppedExchanges, keptExchanges, shortenedResults: stubs.length };
  return { reason, seq, at, tokensBefore, tokensAfter, unsummarised, ...counts, spent };
}

function skippedRow({ seq, at, data }: EntryOf<"epoch.skipped">, { sealed }: TurnView): EpochRow {
  const { reason, why, spent } = data;
  const counts = { droppedExchanges: 0, keptExchanges: exchangesOf(sealed), shortenedResults: 0 };
  return { reason, seq, at, skipped: why, ...counts, spent };
}

/** An exchange is a response of the model and whatever answered it. */
function exchangesOf(messages: readonly Message[]): number {
  return messages.filter(({ role }) => role === "assistant").length;
}

/** An epoch that drops messages drops the summary that stood among them, and may carry another one. */
function summaryBytesAfter(before: number, { keeps, keepsFrom, carries }: EntryData<"epoch.opened">): number {
  const kept = keeps === undefined || keepsFrom !== undefined ? 0 : before;
  return carries.reduce((sum, message) => sum + Buffer.byteLength(canonicalize(message)), kept);
}

function addReported(reported: SessionWindow["reported"], { usage }: EntryData<"model.responded">): void {
  if (usage === undefined) return;
  const { inputTokens, cachedTokens } = usage;
  reported.input = (reported.input ?? 0) + inputTokens;
  if (cachedTokens === undefined) return;
  reported.fresh = (reported.fresh ?? 0) + Math.max(0, inputTokens - cachedTokens);
  reported.cached = (reported.cached ?? 0) + cachedTokens;
}

function summed(repairs: readonly Repairs[]): SessionWindow["repairs"] {
  const newest = repairs.slice(-REPAIRED_TURNS);
  const counts: Repairs = {};
  for (const one of newest)
    for (const [name, count] of Object.entries(one) as [keyof Repairs, number][])
      counts[name] = (counts[name] ?? 0) + count;
  return { turns: newest.length, counts };
}
