import { allowanceOf, type Siblings } from "../src/agent/allowance.ts";
import { fold } from "../src/agent/fold.ts";
import { DELEGATE, tighten } from "../src/agent/policy/tighten.ts";
import { SHUTDOWN } from "../src/agent/run-call.ts";
import { callsOf, emptyView, type TurnState } from "../src/agent/transcript.ts";
import type { Overrides } from "../src/protocol/entries.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf, TurnRow } from "../src/protocol/requests.ts";
import { type CallId, delegateKey, type SessionId } from "../src/protocol/values.ts";
import { delegateNews } from "./delegate-news.ts";
import { awaitEntries } from "./await-entries.ts";
import { checkPrices, checkTools } from "./effective.ts";
import type { Profiles } from "./endpoints/profiles.ts";
import type { Hub } from "./hub.ts";
import { newId } from "./ids.ts";
import type { Origin, ToolOrigin } from "./methods.ts";
import type { Store } from "./store/open-store.ts";
import type { ToolWorld } from "./tool-world.ts";
import { freshNonce, titleOf, type Turns } from "./turns.ts";

/** What delegates are made from. */
export interface DelegatesOptions {
  store: Store;
  hub: Hub;
  turns: Pick<Turns, "cancel" | "wake">;
  profiles: Profiles;
  tools: Pick<ToolWorld, "catalogue" | "servers">;
}

/** Turns that calls delegate to. A call knows none but its own, by its id. */
export interface Delegates {
  /** The turns of a session, with the sessions that they have delegated to. */
  turns(session: SessionId): TurnRow[];
  /**
   * Starts the turn of a call, durably, in a session of its own; the one that there is, if the call runs again.
   * @throws LoopdError `unknown-tool`, `unknown-endpoint`, `invalid-params`, `not-allowed` in words that a model can go by.
   */
  start(request: ParsedParamsOf<"turn.delegate">, origin: Origin): Promise<ResultOf<"turn.delegate">>;
  /**
   * Waits for news of it. Once the signal fires the turn is cancelled, and its end is the news; but where the whole helper
   * stops, it goes on with the next one. @throws LoopdError `unknown-turn`, `cancelled`.
   */
  await(params: ParsedParamsOf<"turn.await">, signal: AbortSignal, origin: Origin): Promise<ResultOf<"turn.await">>;
}

/** The delegates of a helper. */
export function createDelegates({ store, hub, turns, profiles, tools }: DelegatesOptions): Delegates {
  const { lists, log } = store;
  const turnOf = (callId: CallId) => lists.turnByOrigin(delegateKey(callId));

  /** The other delegates of the step: what those that work have reserved, and how many wait for their share. */
  const siblingsOf = (turn: TurnState, callId: CallId): Siblings => {
    const open = callsOf(turn).filter((call) => call.name === DELEGATE && call.outcome === undefined);
    const running: Overrides[] = [];
    let waiting = 0;
    for (const call of open) {
      const started = call.callId === callId ? undefined : turnOf(call.callId);
      const [first] = started === undefined ? [] : log.ofTurn(started.turn, "turn.started");
      if (first !== undefined) running.push(first.data.overrides);
      else if (call.decision?.answer !== "deny") waiting += 1;
    }
    return { running, waiting: Math.max(1, waiting) };
  };
  const endpointOf = ({ endpoint, model }: Request, turn: TurnState) => {
    if (endpoint === undefined || endpoint === turn.endpoint) {
      const { takesImages, dialect, endpointTrust } = turn;
      return { endpoint: turn.endpoint, model: model ?? turn.model, takesImages, dialect, endpointTrust };
    }
    // Only what a person has configured has a name.
    const { model: usual, vision, dialect, trust } = profiles.show(endpoint);
    return { endpoint, model: model ?? usual, takesImages: vision, dialect, endpointTrust: trust };
  };

  return {
    turns: (session) => {
      const sessions = store.delegates.sessionsOf(session);
      return lists.turns(session).map((row) => ({ ...row, delegates: sessions.get(row.turn) }));
    },
    start: async (request, origin) => {
      const { session, turn: parent, callId } = callerOf(origin);
      const { task, tools: wished } = request;
      const known = turnOf(callId);
      if (known !== undefined) return { session: known.session, turn: known.turn };
      await checkTools(tools, { tools: wished });

      // From here on nothing is waited for: what is left of a budget is given to one delegate only.
      const view = log.all(session, 0).reduce(fold, emptyView(session));
      const { turn } = view;
      if (turn?.turn !== parent || turn.finish !== undefined || turn.stopping !== undefined) {
        throw new LoopdError("not-allowed", "The turn that delegates is over.");
      }
      if (turn.origin === "delegate") throw new LoopdError("not-allowed", "A delegate cannot delegate in turn.");
      const { limits } = profiles.config();
      const before = store.delegates.sessionsOf(session).get(parent)?.length ?? 0;
      if (before >= limits.maxDelegates) {
        const words = `This turn has had its ${limits.maxDelegates} delegates. Go on without: work yourself, or answer.`;
        throw new LoopdError("not-allowed", words);
      }
      const place = endpointOf(request, turn);
      const allowance = allowanceOf(turn, limits, siblingsOf(turn, callId), Date.now());
      const tightened = tighten(turn.overrides, limits, request, allowance);
      if (tightened.type === "refused") throw new LoopdError("not-allowed", tightened.words);
      checkPrices(profiles, place, tightened.overrides);

      const child = { session: newId("s"), turn: newId("t") };
      const { workspace, taints } = view;
      const created = { title: titleOf(task), workspace, nonce: freshNonce(), taints: [...taints] };
      const from = { session, turn: parent, callId };
      const worksFor = { origin: turn.origin, endpointTrust: turn.endpointTrust };
      const settings = { ...place, worksFor, overrides: tightened.overrides, provenance: provenanceOf(request) };
      const asked = { input: inputOf(request), origin: "delegate" as const, originKey: delegateKey(callId) };
      hub.record([
        { kind: "session.created", session: child.session, data: { ...created, from } },
        { kind: "turn.started", ...child, data: { ...asked, ...settings } },
      ]);
      turns.wake(child.session);
      return child;
    },
    await: async ({ after }, signal, origin) => {
      const { callId } = callerOf(origin);
      const child = turnOf(callId);
      if (child === undefined) throw new LoopdError("unknown-turn", `Call ${callId} has delegated to no turn.`);
      const { session, turn } = child;
      for (;;) {
        if (signal.aborted) {
          if (signal.reason === SHUTDOWN) throw new LoopdError("cancelled", "loopd is stopping.");
          const isOpen = lists.openTurns(session).some((open) => open.turn === turn);
          const why = "the call that it works for was stopped";
          if (isOpen) turns.cancel({ session, turn, by: "loopd", why });
        }
        const news = delegateNews(store, child, Math.max(after, child.startedSeq - 1));
        if (news !== undefined) return news;
        await awaitEntries(hub, session, signal);
      }
    },
  };
}

type Request = ParsedParamsOf<"turn.delegate">;

/** A model's note is a part of its task: what loopd frames comes from a person or from loopd. */
function inputOf({ task, note = "" }: Request): string {
  return note === "" ? task : `${task}\n\n${note}`;
}

/** `turn`: the model that delegates said so; `parent`: as in the turn that it does it in. */
function provenanceOf({ endpoint, model, tools, maxSteps, maxTokens }: Request): Record<string, string> {
  const from = (value: unknown, otherwise = "parent") => (value === undefined ? otherwise : "turn");
  const usual = endpoint === undefined ? "parent" : "endpoint";
  return {
    endpoint: from(endpoint),
    model: from(model, usual),
    tools: from(tools),
    maxSteps: from(maxSteps),
    maxTokens: from(maxTokens),
  };
}

function callerOf(origin: Origin): ToolOrigin {
  if (origin.caller === "tool") return origin;
  throw new LoopdError("not-allowed", "Only a call delegates.");
}
