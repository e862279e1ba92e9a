import type { Delta, Entry, EntryDraft, Overrides } from "../protocol/entries.ts";
import type { Limits } from "../protocol/config.ts";
import type {
  Block,
  CallId,
  Effect,
  Facts,
  Json,
  Message,
  Millis,
  OutcomeKind,
  Rule,
  Seq,
  SessionId,
  ToolSchema,
  TurnId,
  Usage,
} from "../protocol/values.ts";

/** A call as the model made it, before anything is decided. */
export interface ParsedCall {
  callId: CallId;
  name: string;
  /** Valid by the tool's schema; coerced, without unknown keys, without `_rationale`. */
  arguments: Json;
  effect: Effect;
}

/** What parsing made of a call: one that can be decided, or the words that let the model correct itself. */
export type ParseResult =
  { type: "parsed"; arguments: Json; rationale?: string } | { type: "invalid"; message: string; rationale?: string };

/** What the loop must know of a tool; everything else stays in the tool's own file. */
export interface ToolFace {
  name: string;
  effect: Effect;
  /** Running it twice is the same as running it once, so a crash in the middle asks nobody. */
  isIdempotent: boolean;
  timeLimit: Millis;
}

/** The tools of an epoch. Pure: schemas and parsing only. */
export interface ToolBook {
  /** What the model is told, sorted by name. */
  schemas(): readonly ToolSchema[];
  find(name: string): ToolFace | undefined;
  parse(name: string, input: Json): ParseResult;
  /** Words that name the nearest tools, for a name that does not exist. */
  suggest(name: string): string;
}

/** A snapshot of everything configurable, taken at each decision; changes take effect at the next one. */
export interface Settings {
  rules: readonly Rule[];
  limits: Limits;
  tools: ToolBook;
}

/** One request to a model, dialect-neutral. */
export interface ModelRequest {
  endpoint: string;
  model: string;
  system: string;
  tools: readonly ToolSchema[];
  messages: readonly Message[];
  maxTokens: number;
}

/** How a model request ended. Failures the person must hear about are values; retries already happened. */
export type ModelReply =
  | { type: "responded"; content: Block[]; stopReason: string; usage?: Usage }
  | { type: "failed"; code: string; message: string }
  /** The endpoint or its unsaved profile no longer exists. */
  | { type: "gone"; code: string; message: string }
  | { type: "aborted" };

/** What a face sees of a request while it runs. */
export type Tell = (delta: Pick<Delta, "channel" | "text">) => void;

/** How one run of a tool ended. `isSideEffectPossible`: something outside loopd may have changed. */
export interface Outcome {
  kind: OutcomeKind;
  text: string;
  blob?: string;
  isSideEffectPossible: boolean;
}

/** A decided call on its way to its tool. */
export interface RunnableCall extends ParsedCall {
  session: SessionId;
  turn: TurnId;
  attempt: number;
  /** Facts recorded with the decision; `run` refuses when the world no longer agrees with them. */
  facts: Facts;
  overrides: Overrides;
}

/** What a tool gets besides its input. */
export interface CallContext {
  /** Also the idempotency key. */
  callId: CallId;
  /** Fires at the time limit, on cancel and when the helper stops. */
  signal: AbortSignal;
  /** One line for the faces about what the tool is doing. */
  progress(text: string): void;
  /** Records a child process before anything depends on it. */
  spawned(pid: number, startTime: string): Promise<void>;
}

/** A clock that counts awake time only. `expired` resolves once the limit is used up, never after `stop`. */
export interface Timer {
  expired: Promise<void>;
  stop(): void;
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
  /** Read-only look at what a call would touch. */
  inspect(call: ParsedCall): Promise<Facts>;
  run(call: RunnableCall, context: CallContext): Promise<Outcome>;
  now(): Millis;
  timer(limit: Millis): Timer;
  /** SHA-256, hexadecimal. */
  digest(text: string): string;
  /** Names this boot of the machine, for `tool.spawned`. */
  boot(): string;
  tell(delta: Delta): void;
}
