import { type Delta, type Entry, type EntryDraft } from "../../protocol/entries.ts";
import { LoopdError } from "../../protocol/errors.ts";
import { turnRequestSchema } from "../../protocol/turn-request.ts";
import type { CardId, Json, Seq, SessionId, TurnId } from "../../protocol/values.ts";
import { runTurns } from "../run-turn.ts";
import type { TurnView } from "../transcript.ts";
import { AgentTrace } from "./agent-trace.ts";
import { type AgentTurn, agentTurn, type TurnNews } from "./agent-turn.ts";
import { answerDrafts, type CardDecision, pendingCards } from "./card-answers.ts";
import { memoryPorts, type MemoryPortsOptions } from "./memory-ports.ts";
import type { PendingCard } from "./pending-call.ts";
import { openTraceLog, type TraceLogOptions } from "./trace-log.ts";
import { checkDeclared, type DeclaredEnvironment, overridesOf, type TurnOverrides } from "./turn-overrides.ts";

/** What a session is made of. */
export interface SessionOptions extends MemoryPortsOptions, TraceLogOptions {
  /** Goes on where this trace ends. Absent: a new session. One trace belongs to one session at a time. */
  trace?: AgentTrace;
  /** Keys that turns may set, as under `environment` in `config.json`. */
  environment?: DeclaredEnvironment;
  /** Handed to the model function where a turn names no other. */
  modelName?: string;
}

/** One conversation. Every method resolves once what it did is recorded. */
export interface AgentSession {
  readonly id: SessionId;
  readonly trace: AgentTrace;
  /** Begins a turn, or queues it behind the open one. @throws LoopdError `invalid-params`, `unknown-tool`. */
  send(input: string, overrides?: TurnOverrides): Promise<AgentTurn>;
  /** Takes up every turn that the trace left open, after a crash or a failed `save`; the oldest first. */
  resume(): AgentTurn[];
  /** What waits for a person. */
  cards(): PendingCard[];
  /** Lets a call run. `session`: and whatever is the same, as far as its facts tell. @throws LoopdError, as all answers do. */
  approve(cardId: CardId, options?: { scope?: "once" | "session"; by?: string }): Promise<void>;
  /** The model reads the reason. A question is declined. */
  deny(cardId: CardId, options?: { reason?: string; by?: string }): Promise<void>;
  /** Approves with other arguments; they are decided anew, and a denial still wins. */
  edit(cardId: CardId, values: Json, options?: { by?: string }): Promise<void>;
  /** Answers a question, or says of an interrupted call: `happened`, `again` or `skip`. */
  answer(cardId: CardId, answer: Json, options?: { by?: string }): Promise<void>;
  /** Adds the person's words to the open turn; the model reads them with the next request. */
  steer(text: string): Promise<void>;
  /** Ends every open turn, its calls and its cards. */
  cancel(options?: { why?: string; by?: string }): Promise<void>;
  /** A session of its own that shares the past up to an entry; without one, all of it. Nothing open comes along. */
  fork(at?: Seq): Promise<AgentSession>;
  /** Stops the loop without ending its turns; the trace can be taken up again. */
  close(): Promise<void>;
}

const PERSON = "person";

/**
 * Opens a session in memory: the whole loop of loopd with the caller's model, tools and policy.
 * @throws LoopdError `invalid-params` for options that cannot be used.
 */
export function openSession(options: SessionOptions): AgentSession {
  const { runtime, trace, environment = {}, modelName = "default" } = options;
  checkDeclared(environment);
  const id = trace?.session ?? `s_${runtime.newId()}`;
  const log = openTraceLog(id, trace?.snapshot() ?? [], options);
  const listeners = new Set<(turn: TurnId | undefined, news: TurnNews) => void>();
  const broadcast = (turn: TurnId | undefined, news: TurnNews) => {
    for (const tell of [...listeners]) tell(turn, news);
  };
  log.follow((entry) => broadcast(entry.turn, { entry }));
  const ports = memoryPorts(options, log, (delta: Delta) => broadcast(delta.turn, { delta }));
  const book = ports.settings().tools;
  const shutdown = new AbortController();
  let runner: Promise<void> | undefined;
  let failure: Error | undefined;

  const fail = (error: Error): void => {
    failure = error;
    broadcast(undefined, { failed: error });
  };
  const run = (): void => {
    if (runner !== undefined || shutdown.signal.aborted || openTurns(log.view()).length === 0) return;
    failure = undefined;
    runner = runTurns(ports, log.view(), shutdown.signal).then(
      () => {
        runner = undefined;
        run();
      },
      (thrown: unknown) => {
        runner = undefined;
        fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
      },
    );
  };
  const write = async (decide: (view: TurnView) => EntryDraft[]): Promise<Entry[]> => {
    if (shutdown.signal.aborted) throw new LoopdError("not-allowed", "This session is closed; open its trace again.");
    const entries = await log.write((view) => [...created(), ...decide(view)]);
    run();
    return entries;
  };
  const created = (): EntryDraft[] => {
    if (log.entries().length > 0) return [];
    const nonce = runtime.hash("sha256", runtime.newId()).slice(0, 8);
    return [{ kind: "session.created", session: id, data: { title: "", workspace: "", nonce } }];
  };
  const answerCard = async (cardId: CardId, decision: CardDecision, by = PERSON): Promise<void> => {
    const at = new Date(runtime.now()).toISOString();
    await write(() => answerDrafts(log, book, cardId, decision, { by, at }));
  };
  const handleOf = (turn: TurnId): AgentTurn =>
    agentTurn(turn, {
      entries: () => log.entries().filter((entry) => entry.turn === turn),
      card: (cardId) => pendingCards(log).find((card) => card.cardId === cardId),
      follow: (listener) => {
        const tell = (which: TurnId | undefined, news: TurnNews) => {
          if (which === turn || "failed" in news) listener(news);
        };
        listeners.add(tell);
        return () => void listeners.delete(tell);
      },
      failure: () => failure,
    });

  return {
    id,
    trace: { session: id, snapshot: () => [...log.entries()] },
    send: async (input, overrides = {}) => {
      const { model = modelName } = overrides;
      if (typeof model !== "string") throw new LoopdError("invalid-params", "Overrides: model is a name.");
      const turn = `t_${runtime.newId()}`;
      const data = {
        input: inputOf(input),
        origin: "user" as const,
        originKey: `user:${turn}`,
        endpoint: "embedded",
        model,
        overrides: overridesOf(overrides, environment, (name) => book.find(name) !== undefined),
        provenance: provenanceOf(overrides),
      };
      await write(() => [{ kind: "turn.started", session: id, turn, data }]);
      return handleOf(turn);
    },
    resume: () => {
      run();
      return openTurns(log.view()).map(handleOf);
    },
    cards: () => pendingCards(log),
    approve: (cardId, { scope = "once", by } = {}) => answerCard(cardId, { resolution: "approved", scope }, by),
    deny: (cardId, { reason, by } = {}) => answerCard(cardId, { resolution: "denied", reason }, by),
    edit: (cardId, values, { by } = {}) => answerCard(cardId, { resolution: "edited", arguments: values }, by),
    answer: (cardId, answer, { by } = {}) => answerCard(cardId, { resolution: "answered", answer }, by),
    steer: async (text) => {
      await write((view) => {
        const [turn] = openTurns(view);
        if (turn === undefined)
          throw new LoopdError("turn-finished", "No turn is open to steer; send the words as one.");
        return [{ kind: "note.added", session: id, turn, data: { from: "person", text: inputOf(text) } }];
      });
    },
    cancel: async ({ why = "", by = PERSON } = {}) => {
      await write((view) => {
        const turns = openTurns(view).filter((turn) => !isStopping(view, turn));
        return turns.map((turn) => ({ kind: "turn.stopping", session: id, turn, data: { by, why } }));
      });
    },
    fork: async (at = log.entries().at(-1)?.seq ?? 0) => {
      const past = log.entries().filter((entry) => entry.seq <= at);
      if (past.at(-1)?.seq !== at) throw new LoopdError("invalid-params", `There is no entry ${at} in this session.`);
      return openFork(options, id, past);
    },
    close: async () => {
      shutdown.abort();
      await runner;
      const words = "The session was closed while this turn was open; it goes on where its trace is opened again.";
      fail(new LoopdError("turn-open", words));
    },
  };
}

/** The fork's own first entry is saved before anybody gets the session. */
async function openFork(options: SessionOptions, from: SessionId, past: readonly Entry[]): Promise<AgentSession> {
  const session = `s_${options.runtime.newId()}`;
  const log = openTraceLog(session, past, options);
  await log.write(() => [{ kind: "session.forked", session, data: { from, at: past.at(-1)?.seq ?? 0 } }]);
  return openSession({ ...options, trace: AgentTrace.from(log.entries()) });
}

function openTurns({ turn, queue }: TurnView): TurnId[] {
  const open = turn !== undefined && turn.finish === undefined ? [turn] : [];
  return [...open, ...queue].map((one) => one.turn);
}

function isStopping({ turn, queue }: TurnView, id: TurnId): boolean {
  return [...(turn === undefined ? [] : [turn]), ...queue].some((one) => one.turn === id && one.stopping !== undefined);
}

function inputOf(text: string): string {
  const { success, data, error } = turnRequestSchema.shape.input.safeParse(text);
  if (success) return data;
  throw new LoopdError("invalid-params", `The text cannot be sent: ${error.issues[0]?.message ?? "unreadable"}.`);
}

function provenanceOf(overrides: TurnOverrides): Record<string, string> {
  return Object.fromEntries(Object.keys(overrides).map((key) => [key, "turn"]));
}
