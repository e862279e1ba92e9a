import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { ModelReply, ModelRequest, Ports, Settings, Tell } from "../src/agent/ports.ts";
import type { EntryDraft } from "../src/protocol/entries.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { ParamsOf, ResultOf, ToolMethod } from "../src/protocol/requests.ts";
import type { Facts, Millis, SessionId } from "../src/protocol/values.ts";
import type { Catalogue } from "../src/tools/catalogue.ts";
import type { Place } from "../src/tools/define-tool.ts";
import { startAwakeTimer } from "./awake-timer.ts";
import type { Hub } from "./hub.ts";
import type { ToolOrigin } from "./methods.ts";
import type { RoutineRuns } from "./store/routine-runs.ts";
import type { SessionFeed } from "./session-feed.ts";

/** How long to wait before a record that found the disk full or the database locked is tried again. */
const RETRY_MS = 1_000;

/** What the ports of every session share. */
export interface PortsOptions {
  hub: Hub;
  boot: string;
  catalogue: Catalogue;
  settings(session: SessionId): Settings;
  /** Runs of routines, whose requests let people's through first. Absent: there are none. */
  runs?: Pick<RoutineRuns, "isAskedForIn">;
  model(request: ModelRequest, signal: AbortSignal, tell: Tell): Promise<ModelReply>;
  hook: Ports["hook"];
  /** Where the calls of a session happen. */
  placeOf(session: SessionId): Place;
  ready: Ports["ready"];
  /** The socket's own table, on behalf of a running call. */
  request<M extends ToolMethod>(
    origin: ToolOrigin,
    method: M,
    params: ParamsOf<M>,
    signal: AbortSignal,
  ): Promise<ResultOf<M>>;
  /** Fires when the helper goes down. */
  shutdown: AbortSignal;
}

/** Joins the loop to the world, for one session. */
export function createSessionPorts(options: PortsOptions, session: SessionId, feed: SessionFeed): Ports {
  const { hub, boot, catalogue, model, hook, placeOf, shutdown } = options;
  const settings = () => options.settings(session);
  const place = placeOf(session);
  return {
    settings,
    record: (drafts) => recordSurely(hub, drafts, shutdown),
    read: (after, waitSignal) => feed.read(after, waitSignal),
    model: (request, signal, tell) => {
      const isForRoutine = options.runs?.isAskedForIn(session) === true;
      return model(isForRoutine ? { ...request, isForRoutine } : request, signal, tell);
    },
    hook,
    inspect: async (call) => inTime(catalogue.inspect(call, place), settings().limits.internalMs),
    run: async (call, context) => catalogue.run(call, place, context),
    ready: options.ready,
    request: ({ turn, callId, signal }, method, params) =>
      options.request({ caller: "tool", session, turn, callId }, method, params, signal),
    now: () => Date.now(),
    timer: startAwakeTimer,
    digest: (text) => createHash("sha256").update(text).digest("hex"),
    boot: () => boot,
    tell: (delta) => hub.tell({ type: "delta", delta }),
  };
}

/** Facts of which nothing is known: no rule that permits covers them, and no look at the world agrees with them later. */
const UNKNOWN: Facts = { hash: "" };

/** A look at a dead network drive may never return. The call then needs a person, and the turn can go on or be cancelled. */
async function inTime(look: Promise<Facts>, limit: Millis): Promise<Facts> {
  const timer = startAwakeTimer(limit);
  const facts = await Promise.race([look, timer.expired.then(() => UNKNOWN)]);
  timer.stop();
  return facts;
}

/**
 * What a turn has done must not be forgotten because the disk is full or another program has locked the database: the
 * loop waits here, the faces are told, and the same record is tried again until it is kept or the helper stops.
 */
async function recordSurely(hub: Hub, drafts: EntryDraft[], shutdown: AbortSignal) {
  for (;;) {
    try {
      return hub.record(drafts);
    } catch (error) {
      const isPassing = error instanceof LoopdError && (error.code === "store-full" || error.code === "store-busy");
      if (!isPassing || shutdown.aborted) throw error;
      const [{ session, turn = "" } = { session: "" }] = drafts;
      hub.tell({ type: "stalled", session, turn, error });
      await wait(RETRY_MS, undefined, { signal: shutdown }).catch(() => {
        throw error;
      });
    }
  }
}
