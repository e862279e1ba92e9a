import type { Block, Message } from "../../protocol/values.ts";
import { canonicalize } from "../canonical.ts";
import { callsOf, type ImageBlock, type TurnState, type TurnView } from "../transcript.ts";
import type { ModelRequest, Settings } from "../ports.ts";
import { outputTokens, thinkingTokens } from "./output-tokens.ts";

/** loopd's own words inside a message. The system text tells the model to believe only frames with this nonce. */
export function frame(nonce: string, text: string): string {
  return `[loopd ${nonce}] ${text}`;
}

/**
 * Breaks whatever looks like the start of such a frame, and takes the session's nonce out, so that tool output cannot speak
 * as loopd: not in letters or brackets that only look alike, not in two halves, and not by a model that was made to tell it.
 */
export function breakFrames(text: string, nonce: string): string {
  const broken = text.replace(/\[(?=\s*loopd\b)/gi, "[\u200b");
  if (nonce.length < SHORTEST_NONCE) return broken;
  return broken.replace(new RegExp(nonce.replace(/\W/g, "\\$&"), "gi"), "quoted");
}

/** A shorter one would be found in ordinary words. */
const SHORTEST_NONCE = 8;
const EDITED = "Before it ran, the person changed the arguments to:";

/** The results of a turn's newest step, in request order. Empty until every call has its outcome. */
export function resultBlocks(turn: TurnState, nonce: string): Block[] {
  const calls = callsOf(turn);
  const blocks = calls.flatMap((call): Block[] => {
    if (call.outcome === undefined) return [];
    const said = call.edited === undefined ? "" : `${frame(nonce, EDITED)} ${canonicalize(call.edited)}\n`;
    const content = `${said}${breakFrames(call.outcome.text, nonce)}`;
    const isError = call.outcome.kind !== "ok";
    return [{ type: "tool_result", tool_use_id: call.wireId, content, ...(isError ? { is_error: true } : {}) }];
  });
  return blocks.length < calls.length ? [] : blocks;
}

/** The images of a turn's newest step, once every call has its outcome. */
export function resultImages(turn: TurnState): ImageBlock[] {
  const calls = callsOf(turn);
  const images = calls.flatMap((call) => call.outcome?.images ?? []);
  return calls.every((call) => call.outcome !== undefined) ? images : [];
}

/**
 * What the next request adds to the sealed messages. Notes go behind the newest result, else into a user message;
 * text and results never share one, because some servers reorder such a mixture. Images follow all results together;
 * a model that takes none reads in the result that there is one.
 */
export function pendingMessages(view: TurnView): readonly Message[] {
  const known = pendings.get(view);
  if (known !== undefined) return known;
  const messages = addedMessages(view);
  pendings.set(view, messages);
  return messages;
}

/** A view never changes, and is asked several times on the way to a request. */
const pendings = new WeakMap<TurnView, readonly Message[]>();

function addedMessages(view: TurnView): Message[] {
  const results = [...view.results, ...(view.turn === undefined ? [] : resultBlocks(view.turn, view.nonce))];
  const texts = results.length > 0 ? view.texts : [...view.texts, ...view.notes];
  const messages: Message[] = [];
  if (results.length > 0) messages.push({ role: "user", content: withNotes(results, view.notes) });
  const images = [...view.images, ...(view.turn === undefined ? [] : resultImages(view.turn))];
  const shown = view.epoch?.takesImages === true ? images : [];
  if (shown.length > 0 && results.length > 0) {
    const label: Block = { type: "text", text: frame(view.nonce, "The images of these results, in their order:") };
    messages.push({ role: "user", content: [label, ...shown] });
  }
  // Without results, they are what the person attached to these very words.
  const attached = results.length > 0 ? [] : shown;
  const said = texts.map((text): Block => ({ type: "text", text }));
  if (texts.length > 0) messages.push({ role: "user", content: [...said, ...attached] });
  return messages;
}

function withNotes(results: readonly Block[], notes: readonly string[]): Block[] {
  const last = results.at(-1);
  if (last?.type !== "tool_result" || notes.length === 0) return [...results];
  return [...results.slice(0, -1), { ...last, content: [last.content, ...notes].join("\n\n") }];
}

/** The request that continues the turn: what the epoch froze, what was sealed, what is new. */
export function render(view: TurnView, settings: Settings): ModelRequest {
  const { epoch } = view;
  if (epoch === undefined) throw new Error("render needs an open epoch");
  const { overrides = {} } = view.turn ?? {};
  const { temperature, topP } = overrides;
  const asking = { endpoint: epoch.endpoint, model: epoch.model, overrides };
  return {
    endpoint: epoch.endpoint,
    model: epoch.model,
    system: epoch.system,
    tools: epoch.tools,
    messages: [...view.sealed, ...pendingMessages(view)],
    maxTokens: outputTokens(asking, settings),
    inference: { temperature, topP, thinkingTokens: thinkingTokens(asking, settings) },
  };
}

/** How large a request is and how much of it the session's last request already held, in canonical UTF-8 bytes. */
export interface Extent {
  bytes: number;
  reusedBytes: number;
  /** Which part differs from the last request, where one does that should not. */
  brokenBy?: string;
}

const byteCounts = new WeakMap<object, number>();

/** UTF-8 bytes of the canonical JSON of a value that never changes; counted once per object. */
export function bytesOf(value: object): number {
  const known = byteCounts.get(value);
  if (known !== undefined) return known;
  const bytes = new TextEncoder().encode(canonicalize(value)).length;
  byteCounts.set(value, bytes);
  return bytes;
}

/** UTF-8 bytes of a request: its system text, and the canonical JSON of its tools and messages. */
export function requestBytes({ tools, system, messages }: Pick<ModelRequest, "tools" | "system" | "messages">): number {
  const head = bytesOf(tools) + new TextEncoder().encode(system).length;
  return messages.reduce((sum, message) => sum + bytesOf(message), head);
}

/**
 * Measures a request against the last one of the session, in the order in which a server reads it: tools, system text,
 * messages. Within an epoch nothing breaks.
 */
export function extentOf({ sent }: TurnView, request: ModelRequest): Extent {
  const bytes = requestBytes(request);
  if (sent === undefined) return { bytes, reusedBytes: 0 };
  if (sent.endpoint !== request.endpoint) return { bytes, reusedBytes: 0, brokenBy: "endpoint" };
  if (sent.model !== request.model) return { bytes, reusedBytes: 0, brokenBy: "model" };
  if (!isSame(sent.tools, request.tools)) return { bytes, reusedBytes: 0, brokenBy: "tools" };
  let reusedBytes = bytesOf(request.tools);
  if (sent.system !== request.system) return { bytes, reusedBytes, brokenBy: "system" };
  reusedBytes += new TextEncoder().encode(request.system).length;
  for (const [index, message] of sent.messages.entries()) {
    if (!isSame(request.messages[index], message)) return { bytes, reusedBytes, brokenBy: `message ${index}` };
    reusedBytes += bytesOf(message);
  }
  return { bytes, reusedBytes };
}

function isSame(one: object | undefined, other: object): boolean {
  return one === other || (one !== undefined && canonicalize(one) === canonicalize(other));
}
