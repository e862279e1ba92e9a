import type { Entry, EntryOf } from "../src/protocol/entries.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { TurnOverrides } from "../src/protocol/overrides.ts";
import { SETTINGS } from "../src/protocol/overrides.ts";
import type { ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { Seq } from "../src/protocol/values.ts";
import type { Hub } from "./hub.ts";
import { createSessionForks } from "./session-forks.ts";
import type { SessionSettings } from "./session-overrides.ts";
import type { Store } from "./store/open-store.ts";
import type { Turns } from "./turns.ts";

/** What asking a turn again works on. `store` shows real values. */
interface ReplayOptions {
  store: Store;
  hub: Hub;
  turns: Turns;
  /** Refuses what cannot be asked, before anything is recorded. */
  effective: SessionSettings["effective"];
}

/**
 * Asks a turn again in a fork that shares everything before it, at whatever endpoint, with what the turn itself had set; a
 * person's `--yes` of then does not count.
 * @throws LoopdError `unknown-session`, `invalid-params`, `turn-open`, and whatever a submit throws.
 */
export async function replaySession(
  { store, hub, turns, effective }: ReplayOptions,
  { session, from, endpoint, model, tools, yes, requestId }: ParsedParamsOf<"session.replay">,
): Promise<ResultOf<"session.replay">> {
  store.lists.session(session);
  const entries = store.log.all(session, 0);
  const start = turnAt(entries, session, from);
  const at = beginningOf(entries, start);
  const known = store.lists.turnByOrigin(`user:${requestId}`);
  const of = start.turn ?? "";
  if (known !== undefined) return { session: known.session, turn: known.turn, at, after: known.startedSeq - 1, of };
  const { input, overrides } = start.data;
  const request = { requestId, input, endpoint, model, overrides: { ...asTurn(overrides), yes } };
  await effective({ ...request, session });
  const { title } = store.lists.session(session);
  const fork = createSessionForks(store, hub).fork({ session, at, title }).session.session;
  const replay = { session, turn: of, at, tools };
  const { turn, after } = await turns.submit({ ...request, session: fork }, { replay });
  return { session: fork, turn, at, after, of };
}

/** Everything that the turn had set, and that it had not set the rest, whatever its session sets. */
function asTurn({ yes: _, env, ...overrides }: EntryOf<"turn.started">["data"]["overrides"]): TurnOverrides {
  const all = SETTINGS.map((name) => [name, overrides[name] ?? null] as const);
  return { ...(Object.fromEntries(all) as TurnOverrides), ...(env === undefined ? {} : { env }) };
}

function turnAt(entries: readonly Entry[], session: string, from: Seq): EntryOf<"turn.started"> {
  const entry = entries.find(({ seq }) => seq === from);
  const starts = entries.filter((one) => one.kind === "turn.started");
  const start = starts.find(({ turn }) => turn === entry?.turn) ?? starts.find(({ seq }) => seq >= from);
  if (entry !== undefined && start !== undefined) return start;
  const what = entry === undefined ? `has no entry ${from}` : `has no turn at or after entry ${from}`;
  const hint = `See its entries with: loopd trace show ${session}`;
  throw new LoopdError("invalid-params", `Session ${session} ${what}. Nothing was asked. ${hint}`);
}

/** The last entry before anything came of a turn: it may have waited in the queue behind others. */
function beginningOf(entries: readonly Entry[], start: EntryOf<"turn.started">): Seq {
  const earlier = entries.filter(({ kind, seq }) => kind === "turn.started" && seq < start.seq).map(({ turn }) => turn);
  const ends = new Map(entries.flatMap(({ kind, turn, seq }) => (kind === "turn.finished" ? [[turn, seq]] : [])));
  // In a fork, a turn that was open where it begins never ends in it.
  const isLeft = (turn: string | undefined) =>
    entries.some(({ kind, seq }) => kind === "session.forked" && seq < start.seq) && ends.get(turn) === undefined;
  const open = earlier.find((turn) => ends.get(turn) === undefined && !isLeft(turn));
  if (open !== undefined) {
    const words = `Turn ${start.turn} waits behind turn ${open}, which is still open, so it cannot be asked again yet.`;
    throw new LoopdError("turn-open", `${words} Wait for it: loopd turn wait ${start.session}`);
  }
  const before = entries.findLast(({ seq }) => seq < start.seq)?.seq ?? 0;
  return Math.max(before, ...earlier.map((turn) => ends.get(turn) ?? 0));
}
