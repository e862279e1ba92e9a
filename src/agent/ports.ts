import type { Limits } from "../protocol/config.ts";
import type { Hook, HookInput } from "../protocol/hooks.ts";
import type { Delta, Entry, EntryData, EntryDraft, Overrides, Resolution } from "../protocol/entries.ts";
import type { Question } from "../protocol/question.ts";
import type { ParamsOf, ResultOf, ToolMethod } from "../protocol/requests.ts";
import type {
  CallId,
  Content,
  Effect,
  Facts,
  Json,
  Millis,
  OutcomeKind,
  Rule,
  Seq,
  SessionId,
  ToolSchema,
  TurnId,
} from "../protocol/values.ts";
import type { ModelReply, ModelRequest, ModelWindow, Tell } from "./model-traffic.ts";

export type { ModelReply, ModelRequest, ModelWindow, Tell, Warning } from "./model-traffic.ts";

/** A call as the model made it, before anything is decided. */
export interface ParsedCall {
  callId: CallId;
  name: string;
  /** Valid by the tool's schema; coerced, without unknown keys, without `_rationale`. */
  arguments: Json;
  effect: Effect;
  /** Whether the model that made it sees pictures. Absent: nobody knows. */
  takesImages?: boolean;
}

/** What parsing made of a call: one that can be decided, or the words that let the model correct itself. */
export type ParseResult =
  /** `isCoerced`: the arguments were not quite as the schema wants them. */
  | { type: "parsed"; arguments: Json; isCoerced?: boolean; rationale?: string }
  | { type: "invalid"; message: string; rationale?: string };

/** What the loop must know of a tool; everything else stays in the tool's own file. */
export interface ToolFace {
  name: string;
  effect: Effect;
  /** Running it twice is the same as running it once, so a crash in the middle asks nobody. */
  isIdempotent: boolean;
  /**
   * It only waits for a turn of its own: several of one step run at once, and however often loopd stops meanwhile, it is
   * taken up again.
   */
  isDelegating?: boolean;
  timeLimit: Millis;
}

/** Every tool there is. Pure: schemas and parsing only. */
export interface ToolBook {
  /**
   * What a model is told at the start of an epoch, sorted by name: the listed tools, and those of `more` that exist. In a
   * small `window` (tokens) only the most needed ones are listed; the others are found as any unlisted tool is.
   */
  schemas(more?: readonly string[], window?: number): readonly ToolSchema[];
  /** What a model would be told of one tool, listed or not. */
  schemaOf(name: string): ToolSchema | undefined;
  find(name: string): ToolFace | undefined;
  /** Where the words of these tools come from, as far as nobody vouches for them. */
  sourcesOf?(names: readonly string[]): string[];
  parse(name: string, input: Json): ParseResult;
  /**
   * The tool that a wrong name can only mean: one with the same letters in another case, with other separators, or behind
   * a namespace such as `functions.`.
   */
  meant?(name: string): string | undefined;
  /** Words that name the nearest tools, for a name that does not exist. `listed`: what the session's epoch lists. */
  suggest(name: string, listed?: readonly string[]): string;
}

/** A snapshot of everything configurable, taken at each decision; changes take effect at the next one. */
export interface Settings {
  rules: readonly Rule[];
  /** In the order in which they are asked. */
  hooks: readonly Hook[];
  /** Present where the model reads placeholders for private values: what it is told of them, and what tells a change. */
  redaction?: { fingerprint: string; note: string };
  limits: Limits;
  tools: ToolBook;
  /** What a model is told of the long-lived notes when an epoch opens; empty where there are none. */
  memoryIndex: string;
  /** Sources of what that quotes, where nobody vouches for it. */
  memoryTaints?: readonly string[];
  /** The window of a model. Absent, or undefined: nobody knows of a limit, so nothing is ever left out. */
  windowOf?(endpoint: string, model: string): ModelWindow | undefined;
  /** Who the model is and what it is there for. Absent: loopd on a person's computer. */
  instructions?: string;
}

/** How one run of a tool ended. `isSideEffectPossible`: something outside loopd may have changed. */
export interface Outcome {
  kind: OutcomeKind;
  text: string;
  blob?: string;
  content?: Content[];
  /** Files as the model has now seen them. */
  saw?: EntryData<"tool.finished">["saw"];
  /** What the model sees of the screen with this. */
  sight?: EntryData<"tool.finished">["sight"];
  /** Sources of the text that taint the session, beside the one in the facts. */
  taints?: string[];
  /** What the run used of the turn's budget. */
  spent?: EntryData<"tool.finished">["spent"];
  isSideEffectPossible: boolean;
  /** Nothing ran: the call whose result this is. */
  recorded?: EntryData<"tool.finished">["recorded"];
}

/** Places that rules close to a command, so far as that can be told before it runs. */
export interface Closing {
  /** The rules that close one: absolute globs over real paths. */
  globs: readonly string[];
  /** Globs of places that a rule may leave open within those. */
  openings: readonly string[];
  /** The rule that closes a real path. */
  closedBy(path: string): Rule | undefined;
}

/**
 * What a model has before it of the screen. `callId`: the call that showed it something last, in this epoch and unchanged;
 * `lastRef`: no control has a reference with a larger number so far, in this session or those that it was forked from.
 */
export interface TurnSight {
  callId?: CallId;
  lastRef: number;
}

/** A decided call on its way to its tool. */
export interface RunnableCall extends ParsedCall {
  session: SessionId;
  turn: TurnId;
  attempt: number;
  /** Facts recorded with the decision; `run` refuses when the world no longer agrees with them. */
  facts: Facts;
  /** Whether a rule forbids the same call about a real path that it meets on its way. Absent: none does. */
  isClosed?: (path: string) => boolean;
  /** What rules close to a command. Absent: nothing. */
  closes?: { reading?: Closing; writing?: Closing };
  overrides: Overrides;
  /** Names of the tools that the session's epoch lists. */
  listed?: readonly string[];
  /** What the model has before it of the screen. Absent: nothing yet. */
  sight?: TurnSight;
  /** Most UTF-8 bytes of its text that may reach the model. Absent: as many as `limits.toolOutputBytes`. */
  outputBytes?: number;
}

/** How a person ended a question. `answer` is there exactly where the resolution is `answered`. */
export interface CardAnswer {
  resolution: Resolution;
  answer?: Json;
  reason?: string;
}

/** What a tool gets besides its input. */
export interface CallContext {
  /** Also the idempotency key. */
  callId: CallId;
  /** Fires at the time limit, on cancel and when the helper stops. */
  signal: AbortSignal;
  /** One line for the faces about what the tool is doing. */
  progress(text: string): void;
  /** The call is getting somewhere: its time limit begins anew, up to ten times the limit in all. */
  restartLimit(): void;
  /** The time limit stands still until that settles. */
  standStill<T>(until: Promise<T>): Promise<T>;
  /**
   * Asks the person; the time limit stands still meanwhile. A call that runs again after a crash gets the cards it had
   * opened, in the same order, with the answers they have by now. Rejects when the signal fires.
   */
  ask(question: Question): Promise<CardAnswer>;
  /** The socket's own table, as caller `tool`, about the call's own session. @throws LoopdError */
  request<M extends ToolMethod>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>>;
  /** Records a child process before anything depends on it. */
  spawned(pid: number, startTime: string): Promise<void>;
}

/** A clock that counts awake time only. `expired` resolves once the limit is used up, never after `stop`. */
export interface Timer {
  expired: Promise<void>;
  stop(): void;
  /** Time between the two does not count. Each may be called again. */
  pause(): void;
  resume(): void;
  /** The limit begins anew. */
  restart(): void;
  /** Awake milliseconds so far. */
  elapsed(): Millis;
}

/** Everything the loop may do to the world, for one session. Expected failures are values; only bugs throw. */
export interface Ports {
  settings(): Settings;
  /** All or none; durable when it resolves, and broadcast only then. Resolves with the entries as stored. */
  record(drafts: EntryDraft[]): Promise<Entry[]>;
  /** The session's entries after `after`, whoever wrote them. With `wait`, at least one, or [] once it is aborted. */
  read(after: Seq, wait?: AbortSignal): Promise<Entry[]>;
  model(request: ModelRequest, signal: AbortSignal, tell: Tell): Promise<ModelReply>;
  /**
   * Resolves once `settings()` knows what is needed before a turn asks that model: its window and, where an epoch opens,
   * what that freezes: the tools of every connected server and the notes. All as far as it can be asked now.
   */
  ready(whom: { endpoint: string; model: string }, before: "epoch" | "request", signal: AbortSignal): Promise<void>;
  /**
   * Asks one hook; ends what it started when the signal fires. Its answer is checked against `hookAnswerSchemas`: one that
   * does not fit the phase, a rejection and too long a wait are all failures, for which the hook's `onFail` answers.
   */
  hook(hook: Hook, input: HookInput, signal: AbortSignal): Promise<unknown>;
  /** Read-only look at what a call would touch. */
  inspect(call: ParsedCall): Promise<Facts>;
  run(call: RunnableCall, context: CallContext): Promise<Outcome>;
  /** A method of the socket's table on behalf of a running call. */
  request<M extends ToolMethod>(
    call: { turn: TurnId; callId: CallId; signal: AbortSignal },
    method: M,
    params: ParamsOf<M>,
  ): Promise<ResultOf<M>>;
  now(): Millis;
  timer(limit: Millis): Timer;
  /** SHA-256, hexadecimal. */
  digest(text: string): string;
  /** Names this boot of the machine, for `tool.spawned`. */
  boot(): string;
  tell(delta: Delta): void;
}
