import type { Attachment } from "../protocol/attachment.ts";
import type { TurnSight } from "./ports.ts";
import type { Spent } from "./spent.ts";
import type { CallHooks, StepVerdict } from "./hooks/call-hooks.ts";
import type { Repairs } from "../protocol/model-entries.ts";
import type { CardType, EntryData, Entry, Overrides, Resolution } from "../protocol/entries.ts";
import type { Summary } from "../protocol/epoch-entries.ts";
import type {
  Block,
  CallId,
  CardId,
  Cause,
  Effect,
  Facts,
  Json,
  Message,
  Millis,
  OutcomeKind,
  Seq,
  SessionId,
  TurnId,
} from "../protocol/values.ts";

export type ImageBlock = Extract<Block, { type: "image" }>;

/** A card as the trace tells it. Without `resolution` it is open. */
export interface CardView {
  cardId: CardId;
  type: CardType;
  /** How often the call had been started when the card was opened. */
  attempt: number;
  argumentsHash?: string;
  causes?: readonly Cause[];
  expiresAt?: Millis;
  resolution?: Resolution;
  by?: string;
  reason?: string;
  answer?: Json;
}

/** One tool call of a step, from the model's block to its outcome. */
export interface CallView {
  callId: CallId;
  /** The id that requests to the model use; the model's own unless that was empty or taken. */
  wireId: string;
  name: string;
  arguments: Json;
  /** Arguments as received, where they could not be parsed. Such a call never runs. */
  unparsed?: string;
  isRequested: boolean;
  /** The arguments as a person changed them at a card; what hooks made of them later is not the model's business. */
  edited?: Json;
  effect?: Effect;
  decision?: {
    answer: EntryData<"tool.decided">["decision"];
    ruleId: string;
    causes: Cause[];
    facts: Facts;
    reason?: string;
  };
  hooks: CallHooks;
  /** Every card of the call, oldest first. */
  cards: readonly CardView[];
  attempts: number;
  /** Started without an outcome. Where nothing runs, that means a crash. */
  isStarted: boolean;
  outcome?: { kind: OutcomeKind; text: string; isSideEffectPossible: boolean; images: readonly ImageBlock[] };
}

/** One model response and what became of its calls. */
export interface StepView {
  text: string;
  stopReason: string;
  calls: readonly CallView[];
  /** Its calls were text that no server had recognised. */
  isRescued?: boolean;
  /** What validators said about it as the turn's answer. */
  verdicts: readonly StepVerdict[];
}

/** What stays known of a call that has ended, also when its messages are no longer sent. */
export interface CallRecord {
  /** The id that requests to the model use. */
  wireId: string;
  name: string;
  /** Its arguments in canonical JSON, of long ones the beginning. */
  arguments: string;
  outcome: OutcomeKind;
  /** UTF-8 bytes of its result. */
  bytes: number;
  /** Where the whole output is, if the result is cut. */
  blob?: string;
  /** Real paths that it has written, or may have. */
  written?: readonly string[];
}

/** How making the conversation smaller went in a turn. */
interface CompactionState {
  /** Tries since the newest response or failed request, successful or not. */
  tries: number;
  /** Tries of the turn that made nothing smaller. */
  skips: number;
  /** Requests in a row that the server found too large. */
  overflows: number;
  /** What it said of the newest one, until the conversation is smaller. */
  overflow?: EntryData<"request.failed">;
}

/** A turn from `turn.started` to `turn.finished`. */
export interface TurnState {
  turn: TurnId;
  input: string;
  endpoint: string;
  model: string;
  takesImages: boolean;
  /** Absent where nobody says so. */
  dialect?: EntryData<"turn.started">["dialect"];
  address?: string;
  origin: EntryData<"turn.started">["origin"];
  endpointTrust: "local" | "remote";
  worksFor?: EntryData<"turn.started">["worksFor"];
  attachments?: readonly Attachment[];
  replay?: EntryData<"turn.started">["replay"];
  overrides: Overrides;
  /** Model responses so far. */
  steps: number;
  step?: StepView;
  /** A request was sent and nothing came back yet. */
  isRequestOpen: boolean;
  /** Size of the newest request, once one was sent. */
  requestBytes?: number;
  /** The closing note is in: the response after that many is the last, and the turn will have ended so. */
  closing?: { afterSteps: number; finish: "step-limit" | "budget" };
  /** Answers that a validator did not pass. */
  rejections: number;
  spent: Spent;
  /** What had to be mended of the model's calls so far, but for calls that it repeats. Absent: nothing. */
  repairs?: Repairs;
  /** What was said to the model for this turn, as it reads it: the input first, then notes. */
  words: readonly string[];
  compaction: CompactionState;
  /** Wall time. */
  startedAt?: Millis;
  stopping?: { by: string; why: string };
  finish?: EntryData<"turn.finished">["finish"];
}

/** The epoch in force: what every request of it begins with, byte for byte. */
export interface EpochView {
  id: string;
  endpoint: string;
  model: string;
  takesImages: boolean;
  dialect?: EntryData<"epoch.opened">["dialect"];
  address?: string;
  system: string;
  /** See `epoch.opened`. */
  memoryBytes?: number;
  tools: EntryData<"epoch.opened">["tools"];
  /** Fingerprint of what is kept from the model, if anything is. */
  redaction?: string;
}

/** The last request of a session that was to continue it. */
interface SentRequest {
  endpoint: string;
  model: string;
  tools: EntryData<"epoch.opened">["tools"];
  system: string;
  messages: readonly Message[];
}

/**
 * A session as its trace tells it: everything `nextStep` decides from. Immutable; `fold` makes the next one.
 * Messages are sealed when a request carries them; what is not sent yet is in `results`, `texts` and the step.
 */
export interface TurnView {
  session: SessionId;
  seq: Seq;
  workspace: string;
  /** Frames loopd's own words inside messages, so that no tool output can pose as them. */
  nonce: string;
  epoch?: EpochView;
  /** A person has cleared the session, and no epoch has opened since. */
  isCleared: boolean;
  sealed: readonly Message[];
  /** What a server may still hold: also of an epoch that is over. */
  sent?: SentRequest;
  /** Every call that has ended since the session began or was cleared, also of messages that are no longer sent. */
  calls: readonly CallRecord[];
  /** The newest summary of messages that are no longer sent. */
  summary?: Summary;
  /** A person wants the conversation made smaller, and nothing came of it yet. */
  asked?: EntryData<"compaction.asked">;
  /** Results of an ended turn that no request has carried yet, and the images that came with them. */
  results: readonly Block[];
  images: readonly ImageBlock[];
  /** The person's input, with the turn's notes, that no request has carried yet. */
  texts: readonly string[];
  /** Framed notes that no request has carried yet. */
  notes: readonly string[];
  /** Every wire id in use, so that a server that repeats ids confuses nobody; see `withWireIds`. */
  wireIds: readonly ReadonlySet<string>[];
  /** The oldest unfinished turn, else the last finished one. */
  turn?: TurnState;
  queue: readonly TurnState[];
  /** Sources of text that nobody vouches for and the model has read. */
  taints: readonly string[];
  /** What the model has before it of the screen. */
  sight: TurnSight;
  /** What the person was warned of: the words of each warning, and its epoch and code. */
  warned: readonly string[];
}

/** A session of which nothing is known yet. */
export function emptyView(session: SessionId): TurnView {
  const nothing = {
    sealed: [],
    results: [],
    images: [],
    texts: [],
    notes: [],
    queue: [],
    taints: [],
    calls: [],
    warned: [],
  };
  const start = { seq: 0, workspace: "", nonce: "", wireIds: [], isCleared: false, sight: { lastRef: 0 } };
  return { session, ...start, ...nothing };
}

/** The newest card of a call, if it has any. */
export function newestCard(call: CallView): CardView | undefined {
  return call.cards.at(-1);
}

/** Calls of the turn's newest step. */
export function callsOf(turn: TurnState): readonly CallView[] {
  return turn.step?.calls ?? [];
}

/** Whether the response that the turn waits for, or works on, is its last: no call of it runs any more. */
export function isLastStep(turn: TurnState): boolean {
  return turn.closing !== undefined && turn.steps > turn.closing.afterSteps;
}

/** What a fold needs of an entry; drafts fold too, so that a batch can be decided before it is recorded. */
export type Foldable = Pick<Entry, "kind" | "data" | "turn"> & { seq?: Seq; id?: string; at?: string };
