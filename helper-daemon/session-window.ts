import { canonicalize } from "../src/agent/canonical.ts";
import { estimateTokens } from "../src/agent/context/estimate-tokens.ts";
import { type Frozen, frozenBy } from "../src/agent/context/frozen.ts";
import { outputTokens } from "../src/agent/context/output-tokens.ts";
import { pendingMessages } from "../src/agent/context/render.ts";
import { messageTokens, windowLimits } from "../src/agent/context/window-limits.ts";
import type { Settings } from "../src/agent/ports.ts";
import type { SessionWindow } from "../src/protocol/session-window.ts";
import type { Entry } from "../src/protocol/entries.ts";
import type { Message, SessionId } from "../src/protocol/values.ts";
import { type SessionStory, tellStory } from "./session-story.ts";

/** Everything that says where a session's window goes. */
interface WindowOptions {
  session: SessionId;
  /** Its whole trace, as models read it. */
  entries: readonly Entry[];
  settings: Settings;
}

/** Where the window of a session's model goes, as its next request would fill it. Reads the whole trace. */
export function sessionWindow({ session, entries, settings }: WindowOptions): SessionWindow {
  const story = tellStory(session, entries);
  const { turn, asked } = story.view;
  const { endpoint = "", model = "" } = turn ?? {};
  const window = settings.windowOf?.(endpoint, model);
  const { factor = 1, isCalibrated = false } = window ?? {};
  const parts = partsOf(story, settings, factor);
  const tokens = Object.values(parts).reduce((sum, part) => sum + part, 0);
  const reserve = turn === undefined ? settings.limits.maxOutputTokens : outputTokens(turn, settings);
  const free = window === undefined ? {} : { free: Math.max(0, window.tokens - tokens - reserve) };
  const limits = turn === undefined ? undefined : windowLimits(turn, settings);
  return {
    ...{ endpoint, model, tokens: window?.tokens, source: window?.source, factor, isCalibrated },
    parts: { ...parts, reserve, ...free },
    next: { tokens, compactsAt: limits?.trigger, isAsked: asked !== undefined },
    ...story.told,
  };
}

type Parts = Record<"system" | "tools" | "memory" | "summary" | "history" | "screen", number>;

function partsOf(story: SessionStory, settings: Settings, factor: number): Parts {
  const tokens = (bytes: number) => estimateTokens(bytes, factor);
  const head = headOf(story, settings);
  const messages = [...story.view.sealed, ...pendingMessages(story.view)];
  const said = messageTokens(messages, factor);
  const screen = Math.min(said, tokens(screenBytes(messages, story)));
  const summary = Math.min(said - screen, tokens(story.summaryBytes));
  const memory = Math.min(head.memoryBytes, byteLength(head.system));
  return {
    system: tokens(byteLength(head.system) - memory),
    tools: tokens(bytesOf(head.tools)),
    memory: tokens(memory),
    ...{ summary, history: said - screen - summary, screen },
  };
}

/** What the epoch froze; where none is open for that model, what the next one would freeze. */
function headOf({ view }: SessionStory, settings: Settings): Frozen {
  const { epoch, turn } = view;
  const isOpen = epoch !== undefined && epoch.endpoint === turn?.endpoint && epoch.model === turn.model;
  if (isOpen) return { system: epoch.system, memoryBytes: epoch.memoryBytes ?? 0, tools: [...epoch.tools] };
  return turn === undefined ? { system: "", memoryBytes: 0, tools: [] } : frozenBy(view, turn, settings);
}

/** Results of `screen_*` tools that are still sent. */
function screenBytes(messages: readonly Message[], { view }: SessionStory): number {
  const calls = view.calls.filter(({ name }) => name.startsWith("screen_"));
  const ids = new Set(calls.map(({ wireId }) => wireId));
  const blocks = messages.flatMap(({ content }) => content);
  const shown = blocks.filter((block) => block.type === "tool_result" && ids.has(block.tool_use_id));
  return shown.reduce((sum, block) => sum + bytesOf(block), 0);
}

function bytesOf(value: object): number {
  return byteLength(canonicalize(value));
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
