import type { EntryData } from "../protocol/entries.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { Millis } from "../protocol/values.ts";
import { attachedImages, attachedWords } from "./context/attached.ts";
import { frame, resultBlocks, resultImages } from "./context/render.ts";
import { schemaWords } from "./hooks/final-answer.ts";
import { NOTHING_SPENT } from "./spent.ts";
import type { TurnState, TurnView } from "./transcript.ts";

/** A turn begins, or joins the queue. */
export function started(view: TurnView, id: string, data: EntryData<"turn.started">, startedAt: Millis): TurnView {
  const { input, endpoint, model, takesImages = false, origin, endpointTrust = "remote", worksFor, overrides } = data;
  const { dialect, address, attachments = [], replay } = data;
  const turn: TurnState = {
    turn: id,
    input,
    endpoint,
    model,
    takesImages,
    dialect,
    address,
    origin,
    endpointTrust,
    worksFor,
    replay,
    overrides,
    attachments,
    steps: 0,
    isRequestOpen: false,
    rejections: 0,
    spent: NOTHING_SPENT,
    words: [],
    compaction: { tries: 0, skips: 0, overflows: 0 },
    startedAt,
  };
  if (view.turn !== undefined && view.turn.finish === undefined) return { ...view, queue: [...view.queue, turn] };
  return begun(view, turn);
}

/** The turn's words join what is not sent yet. */
function begun(view: TurnView, turn: TurnState): TurnView {
  const words = wordsOf(view, turn);
  const images = [...view.images, ...attachedImages(turn)];
  return { ...view, turn: { ...turn, words }, texts: [...view.texts, ...words], images };
}

const DELEGATE_WORDS =
  "Another conversation has given you this task and gets your last message as its result; nobody else reads it.";

/** What a turn says before the model's first response: its input, what was attached, then what it may use and what it should heed. */
function wordsOf(view: TurnView, turn: TurnState): string[] {
  const { tools, denyTools, note, schema } = turn.overrides;
  const notes: string[] = turn.origin === "delegate" ? [DELEGATE_WORDS] : [];
  if (tools !== undefined) notes.push(`In this turn you may only use: ${tools.join(", ") || "no tools"}.`);
  if (denyTools !== undefined) notes.push(`In this turn you may not use: ${denyTools.join(", ")}.`);
  if (note !== undefined) notes.push(note);
  if (schema !== undefined)
    notes.push(
      schemaWords(
        schema,
        view.epoch?.tools.map((tool) => tool.name),
      ),
    );
  const attached = (turn.attachments ?? []).map((one) => attachedWords(one, view.nonce));
  return [turn.input, ...attached, ...notes.map((text) => frame(view.nonce, text))];
}

const CANCELLED = "The person cancelled the request before this. Do not go on with it.";

const REFUSED = "The request before this ended here, because it did not fit any more. Do not go on with it.";
/** Ends of a turn because nothing could be sent: its words would not fit into the next one's request either. */
const UNSENT: ReadonlySet<string> = new Set<ErrorCode>([
  "window-too-small",
  "input-too-long",
  "endpoint-context-overflow",
]);

/** A turn ends; what the model has not heard of it yet waits for the next request. `code`: of its error, if it has one. */
export function finished(view: TurnView, turn: TurnState, code?: string): TurnView {
  if (turn.finish === "cancelled") return withdrawn(view, turn, CANCELLED);
  const isUnsent = UNSENT.has(code ?? "") && !turn.isRequestOpen;
  return isUnsent ? withdrawn({ ...view, notes: [] }, turn, REFUSED) : ended(view, turn, undefined);
}

/** A turn ends that the model is not to go on with, and reads so in these words if it has heard of it. */
export function withdrawn(view: TurnView, turn: TurnState, words: string): TurnView {
  const unsent = wasSent(turn) ? [] : attachedImages(turn).map(({ blob }) => blob);
  const images = view.images.filter(({ blob }) => !unsent.includes(blob));
  return ended({ ...view, images }, turn, textsWithout(view, turn, words));
}

function ended(view: TurnView, turn: TurnState, remaining: readonly string[] | undefined): TurnView {
  const results = [...view.results, ...resultBlocks(turn, view.nonce)];
  const images = [...view.images, ...resultImages(turn)];
  // Notes that wait behind results stay there; others must not end up behind the next turn's words.
  const notes = results.length > 0 ? view.notes : [];
  const said = results.length > 0 ? view.texts : [...view.texts, ...view.notes];
  const texts = remaining ?? said;
  const over: TurnView = { ...view, results, images, texts, notes, turn: { ...turn, step: undefined } };
  const [next, ...queue] = view.queue;
  return next === undefined ? over : begun({ ...over, queue }, next);
}

/** A withdrawn turn's words are never asked of the model: not sent, they are dropped; sent, they are taken back. */
function textsWithout(view: TurnView, turn: TurnState, words: string): string[] {
  if (!wasSent(turn)) return view.texts.slice(0, -wordsOf(view, turn).length);
  return [...view.texts, frame(view.nonce, words)];
}

function wasSent({ requestBytes, steps }: TurnState): boolean {
  return requestBytes !== undefined || steps > 0;
}
