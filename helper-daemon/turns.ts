import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { fold } from "../src/agent/fold.ts";
import type { Ports } from "../src/agent/ports.ts";
import { runTurns } from "../src/agent/run-turn.ts";
import { emptyView } from "../src/agent/transcript.ts";
import type { Attachment } from "../src/protocol/attachment.ts";
import type { Entry, EntryData, EntryDraft, Overrides } from "../src/protocol/entries.ts";
import type { EndpointProfile } from "../src/protocol/endpoint-profile.ts";
import { asLoopdError, LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { SessionId } from "../src/protocol/values.ts";
import type { Hub } from "./hub.ts";
import { newId } from "./ids.ts";
import type { Log } from "./logs.ts";
import { openFeed, type SessionFeed } from "./session-feed.ts";
import type { Store } from "./store/open-store.ts";

/** What the runners need from the rest of the helper. */
export interface TurnsOptions {
  store: Store;
  hub: Hub;
  log: Log;
  /** The ports of one session, over its feed. */
  portsOf(session: SessionId, feed: SessionFeed): Ports;
  /** What a new turn works with, its session's settings included. @throws LoopdError where that cannot be. */
  effective(request: ParsedParamsOf<"turn.submit">): Promise<Effective>;
}
/** What a turn works with, resolved when it is submitted: nothing that is changed while it waits in the queue counts. */
export interface Effective {
  endpoint: string;
  model: string;
  takesImages: boolean;
  dialect: EndpointProfile["dialect"];
  /** Origin of the endpoint's URL; absent where nobody looked. */
  address?: string;
  endpointTrust: "local" | "remote";
  overrides: Overrides;
  attachments?: Attachment[];
  /** Which layer said so: turn, session, config, endpoint or default, by name of the setting. */
  provenance: Record<string, string>;
}

/** Accepts turns durably and keeps one runner per session busy until nothing is open. */
export interface Turns {
  /** `more`: what else its beginning says. */
  submit(
    request: ParsedParamsOf<"turn.submit">,
    more?: Pick<EntryData<"turn.started">, "replay">,
  ): Promise<ResultOf<"turn.submit">>;
  /** Adds the person's words to the open turn. */
  steer(session: SessionId, text: string): { turn: string };
  cancel(request: ParsedParamsOf<"turn.cancel">): { turns: string[] };
  /** Cancels every open turn of every session. */
  stopAll(request: ParsedParamsOf<"turn.stop-all">): { turns: string[] };
  /** Everything recorded of a session, with placeholders for what models do not see. */
  history(session: SessionId): Entry[];
  /** Sees that the session has a runner if a turn of it is open or a compaction is asked for. */
  wake(session: SessionId): void;
  /** Takes up every turn that an earlier helper left open, and every compaction that it left undone. */
  resume(): void;
  running(): number;
  /** Stops the runners without ending their turns; resolves once nothing of them runs. */
  stop(): Promise<void>;
}

/** How long a session whose runner failed waits for the next one: ever longer, since each may ask the model again. */
const retryIn = (failures: number) => Math.min(1_000 * 2 ** failures, 300_000);

/** One runner per session; the queue is the trace itself. */
export function createTurns({ store, hub, log, portsOf, effective }: TurnsOptions): Turns {
  const runners = new Map<SessionId, Promise<void>>();
  /** How often in a row the runner of a session has failed. */
  const failures = new Map<SessionId, number>();
  const shutdown = new AbortController();

  const run = (session: SessionId): void => {
    if (runners.has(session) || shutdown.signal.aborted) return;
    const work = runSession(session)
      .then(() => void failures.delete(session))
      .catch((thrown: unknown) => {
        const error = asLoopdError(thrown);
        log.error({ session, code: error.code, err: error }, "a runner failed; its turn stays open");
        const failed = failures.get(session) ?? 0;
        failures.set(session, failed + 1);
        setTimeout(() => run(session), retryIn(failed)).unref();
        const open = store.lists.openTurns(session).map(({ turn }) => turn);
        for (const turn of open.length === 0 ? [""] : open) hub.tell({ type: "stalled", session, turn, error });
      })
      .finally(() => {
        runners.delete(session);
      });
    runners.set(session, work);
  };
  const runSession = async (session: SessionId): Promise<void> => {
    const view = store.log.all(session, 0).reduce(fold, emptyView(session));
    const feed = openFeed(store.log, hub, session, view.seq);
    let seen = view.seq;
    try {
      seen = (await runTurns(portsOf(session, feed), view, shutdown.signal)).seq;
    } finally {
      feed.close();
    }
    if (shutdown.signal.aborted) return;
    // What was submitted or asked for between the runner's last look and here found a runner and started none.
    const isAsked = (store.compactions.asked(session) ?? 0) > seen;
    if (isAsked || store.lists.openTurns(session).length > 0) setImmediate(() => run(session));
  };
  const openTurn = (session: SessionId): string => {
    store.lists.session(session);
    const [open] = store.lists.openTurns(session);
    if (open !== undefined) return open.turn;
    throw new LoopdError(
      "turn-finished",
      `Session ${session} has no open turn. Ask anew with: loopd ask --session ${session} "…"`,
    );
  };

  /** Together, so that no crash stops a turn and not its delegates. */
  const stop = (open: readonly { session: string; turn: string }[], data: { by: string; why: string }): void => {
    const stopping = open.filter(({ turn }) => store.log.ofTurn(turn, "turn.stopping").length === 0);
    hub.record(stopping.map(({ session, turn }): EntryDraft => ({ kind: "turn.stopping", session, turn, data })));
    for (const { session } of open) run(session);
  };

  return {
    submit: async (request, more = {}) => {
      const originKey = `user:${request.requestId}`;
      const known = store.lists.turnByOrigin(originKey);
      if (known !== undefined)
        return { session: known.session, turn: known.turn, after: known.startedSeq - 1, isNew: false };
      const chosen = await effective(request);
      const workspace = request.session === undefined ? await workspaceOf(request.workspace) : "";
      if (request.session !== undefined) store.lists.session(request.session);
      const session = request.session ?? newId("s");
      const turn = newId("t");
      const drafts: EntryDraft[] = [];
      if (request.session === undefined) {
        const nonce = freshNonce();
        drafts.push({ kind: "session.created", session, data: { title: titleOf(request.input), workspace, nonce } });
      }
      const data = { input: request.input, origin: "user" as const, originKey, ...chosen, ...more };
      drafts.push({ kind: "turn.started", session, turn, data });
      // The same request may have arrived twice while servers and the workspace were looked at.
      const twin = store.lists.turnByOrigin(originKey);
      if (twin !== undefined)
        return { session: twin.session, turn: twin.turn, after: twin.startedSeq - 1, isNew: false };
      const [first] = hub.record(drafts);
      run(session);
      return { session, turn, after: (first?.seq ?? 1) - 1, isNew: true };
    },
    steer: (session, text) => {
      const turn = openTurn(session);
      hub.record([{ kind: "note.added", session, turn, data: { from: "person", text } }]);
      run(session);
      return { turn };
    },
    cancel: ({ session, turn, by, why }) => {
      const first = openTurn(session);
      const open = store.lists.openTurns(session).map((row) => row.turn);
      const turns = turn === undefined ? open : open.filter((one) => one === turn);
      if (turns.length === 0)
        throw new LoopdError("unknown-turn", `Turn ${turn} is not open in session ${session}; ${first} is.`);
      const delegates = turns.flatMap((one) => store.delegates.openOf(one));
      stop([...turns.map((one) => ({ session, turn: one })), ...delegates], { by, why });
      return { turns };
    },
    stopAll: ({ by, why }) => {
      const open = store.lists.openTurns();
      stop(open, { by, why });
      return { turns: open.map(({ turn }) => turn) };
    },
    history: (session) => store.log.all(session, 0),
    wake: run,
    resume: () => {
      stop(store.delegates.orphans(), { by: "loopd", why: "the call that it works for has ended" });
      for (const { session } of store.lists.openTurns()) run(session);
      for (const session of store.compactions.sessions()) run(session);
    },
    running: () => runners.size,
    stop: async () => {
      shutdown.abort();
      await Promise.all(runners.values());
    },
  };
}

/** What frames loopd's own words in a new session. */
export function freshNonce(): string {
  return createHash("sha256").update(newId("e")).digest("hex").slice(0, 8);
}

/** The first words, on one line; a model call would cost the local runtime its cache. */
export function titleOf(input: string): string {
  const line = input.replace(/\s+/g, " ").trim();
  return line.length <= 60 ? line : `${line.slice(0, 59).replace(/\s\S*$/, "")}…`;
}

async function workspaceOf(path: string | undefined): Promise<string> {
  if (path === undefined || !isAbsolute(path)) {
    throw new LoopdError("workspace-missing", "A new session needs the absolute path of the folder to work in.");
  }
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder) throw new LoopdError("workspace-missing", `The folder ${path} does not exist. Choose one that does.`);
  return realpath(path);
}
