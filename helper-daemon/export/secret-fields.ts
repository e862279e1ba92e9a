import type { Entry } from "../../src/protocol/entries.ts";
import type { Json } from "../../src/protocol/values.ts";
import { mapText } from "../vault/map-text.ts";

/** What a session put into secret fields, or may have. */
export interface SecretInputs {
  callIds: ReadonlySet<string>;
  texts: ReadonlySet<string>;
}

/** What stands in the place of such a text. */
export const HIDDEN_TEXT = "(not exported: put into a secret field)";
/** The tool that types. */
const TYPING = "screen_act";
/** Arguments of it that say what is done, not what is typed. */
const PLAIN: ReadonlySet<string> = new Set(["action", "ref"]);
/** A shorter text is part of anything, so it is hidden only where it was typed. */
const SHORTEST_TELLING = 4;

/** The calls that put something into a secret field, and those of which the trace does not tell yet whether they would. */
export function secretInputs(entries: readonly Entry[]): SecretInputs {
  const calls = new Map<string, Json[]>();
  const cards = new Map<string, string>();
  const open = new Set<string>();
  for (const { kind, data } of entries) {
    if (kind === "tool.requested" && data.name === TYPING) {
      calls.set(data.callId, [data.arguments]);
      open.add(data.callId);
    }
    if (kind === "hook.applied" && data.arguments !== undefined) calls.get(data.callId ?? "")?.push(data.arguments);
    if (kind === "card.opened") cards.set(data.cardId, data.callId ?? "");
    if (kind === "card.resolved" && data.arguments !== undefined)
      calls.get(cards.get(data.cardId) ?? "")?.push(data.arguments);
    if (kind !== "tool.decided") continue;
    if (data.facts.isSecure === true || !calls.has(data.callId)) open.add(data.callId);
    else open.delete(data.callId);
  }
  const callIds = new Set([...open].filter((callId) => calls.has(callId)));
  const texts = new Set([...callIds].flatMap((callId) => (calls.get(callId) ?? []).flatMap(textsIn)));
  return { callIds, texts };
}

/** An entry without what was put into secret fields: its arguments, and the same text wherever else it stands. */
export function withoutSecrets(entry: Entry, { callIds, texts }: SecretInputs): Entry {
  if (texts.size === 0) return entry;
  const telling = [...texts].filter((text) => text.length >= SHORTEST_TELLING).sort((a, b) => b.length - a.length);
  const hidden = (text: string) =>
    telling.reduce((now, secret) => (now.includes(secret) ? now.replaceAll(secret, HIDDEN_TEXT) : now), text);
  const everywhere = { ...entry, data: mapText(entry.data as object, { text: hidden }, "ours") } as Entry;
  switch (everywhere.kind) {
    case "tool.requested":
      if (!callIds.has(everywhere.data.callId)) return everywhere;
      return { ...everywhere, data: { ...everywhere.data, arguments: hiddenArguments(everywhere.data.arguments) } };
    case "hook.applied":
    case "card.resolved": {
      const { data } = everywhere;
      const callId = "callId" in data ? data.callId : "cardId" in data ? data.cardId.replace(/#\d+$/, "") : undefined;
      if (!callIds.has(callId ?? "") || data.arguments === undefined) return everywhere;
      return { ...everywhere, data: { ...data, arguments: hiddenArguments(data.arguments) } } as Entry;
    }
    case "model.responded": {
      const content = everywhere.data.content.map((block) =>
        block.type === "tool_use" ? { ...block, input: withoutTyped(block.input, texts) } : block,
      );
      return { ...everywhere, data: { ...everywhere.data, content } };
    }
    default:
      return everywhere;
  }
}

function textsIn(values: Json): string[] {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return [];
  return Object.entries(values).flatMap(([key, value]) =>
    typeof value === "string" && value !== "" && !PLAIN.has(key) ? [value] : [],
  );
}

function hiddenArguments(values: Json): Json {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return HIDDEN_TEXT;
  const shown = Object.entries(values).map(([key, value]) => [key, PLAIN.has(key) ? value : HIDDEN_TEXT] as const);
  return Object.fromEntries(shown);
}

/** What the model wrote as the arguments of a call, without texts that were typed, however short; also behind `call_tool`. */
function withoutTyped(input: Json, texts: ReadonlySet<string>): Json {
  if (typeof input === "string") return texts.has(input) ? HIDDEN_TEXT : input;
  if (Array.isArray(input)) return input.map((one) => withoutTyped(one, texts));
  if (typeof input !== "object" || input === null) return input;
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => [key, PLAIN.has(key) ? value : withoutTyped(value, texts)]),
  );
}
