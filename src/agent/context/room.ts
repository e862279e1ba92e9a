import { UNSAVED_PREFIX } from "../../protocol/endpoint-profile.ts";
import type { ErrorCode } from "../../protocol/errors.ts";
import type { ToolSchema } from "../../protocol/values.ts";
import type { ModelWindow, Settings } from "../ports.ts";
import type { TurnState, TurnView } from "../transcript.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import type { Frozen } from "./frozen.ts";
import { outputTokens } from "./output-tokens.ts";
import { bytesOf } from "./render.ts";

/** Why a turn ends before anything is sent. */
export interface Refusal {
  code: Extract<ErrorCode, "window-too-small" | "input-too-long">;
  message: string;
}

/** What every request begins with may take that part of a window. */
const HEAD_SHARE = 1 / 2;
/** What frames and roles add to words. */
const MARGIN_TOKENS = 32;
/** So many of the largest parts are named. */
const NAMED_PARTS = 4;

type Head = Pick<Frozen, "system" | "tools"> & Partial<Pick<Frozen, "memoryBytes">>;

/** Whether what every request would begin with leaves at least half of the turn's window. */
export function leavesRoom(head: Head, turn: TurnState, settings: Settings): boolean {
  const window = settings.windowOf?.(turn.endpoint, turn.model);
  return window === undefined || headTokens(head, window) <= window.tokens * HEAD_SHARE;
}

/** Why no request of the turn can be made to fit, with what to do about it; undefined where one can, or nobody knows. */
export function refusal({ epoch }: TurnView, turn: TurnState, settings: Settings): Refusal | undefined {
  const window = settings.windowOf?.(turn.endpoint, turn.model);
  if (window === undefined || epoch === undefined) return undefined;
  const head = headTokens(epoch, window);
  const whose = `The model ${turn.model} at ${turn.endpoint} has a window of ${grouped(window.tokens)} tokens (${SOURCES[window.source]})`;
  if (!leavesRoom(epoch, turn, settings)) {
    const parts = partsOf(epoch, window).map(({ name, tokens }) => `${name} ${grouped(tokens)}`);
    const message = [
      `${whose}, and what every request begins with takes ${grouped(head)} of them, more than half: ${parts.join(", ")}. Nothing was sent.`,
      "List fewer tools (tools.listed in config.json, listed of a server under mcpServers; the model finds the others with find_tools), or shorten notes (loopd memory).",
      larger(turn.endpoint),
    ].join(" ");
    return { code: "window-too-small", message };
  }
  const reserved = outputTokens(turn, settings);
  const fitting = Math.max(0, window.tokens - head - reserved - MARGIN_TOKENS);
  const words = estimateTokens(bytesOf(turn.words), window.factor);
  if (words <= fitting) return undefined;
  const message = [
    `What was asked has about ${grouped(words)} tokens, and ${grouped(fitting)} fit. ${whose}, of which ${grouped(head)} are for system text and tools and ${grouped(reserved)} for the answer. Nothing was sent.`,
    "Ask with less text: put it into a file of the folder and name the file, so that the model reads it in parts.",
    larger(turn.endpoint),
  ].join(" ");
  return { code: "input-too-long", message };
}

const SOURCES: Readonly<Record<ModelWindow["source"], string>> = {
  loaded: "as it is loaded",
  observed: "as its server showed",
  declared: "as declared",
  assumed: "assumed, because nobody said",
};

function larger(endpoint: string): string {
  const load = "Or give the model a larger window where it is loaded (num_ctx in Ollama, -c of llama-server)";
  if (endpoint.startsWith(UNSAVED_PREFIX)) return `${load}; or say how large it is: LOOPD_ENDPOINT_WINDOW=N`;
  return `${load} and run: loopd endpoints probe ${endpoint}; or say how large it is: loopd endpoints set ${endpoint} --window N`;
}

function headTokens({ system, tools }: Head, window: ModelWindow): number {
  return estimateTokens(bytesOf(tools) + new TextEncoder().encode(system).length, window.factor);
}

/** What takes how much, the largest first: each server's tools together, loopd's own, the notes, the rest of the system text. */
function partsOf({ system, tools, memoryBytes = 0 }: Head, window: ModelWindow): { name: string; tokens: number }[] {
  const groups = new Map<string, ToolSchema[]>();
  for (const tool of tools) {
    const [server, ...rest] = tool.name.split("__");
    const name = rest.length === 0 ? "loopd's own tools" : `tools of ${server ?? ""}`;
    groups.set(name, [...(groups.get(name) ?? []), tool]);
  }
  const own = new TextEncoder().encode(system).length - memoryBytes;
  const parts = [
    ...[...groups].map(([name, of]) => ({
      name: `${of.length} ${name}`,
      tokens: estimateTokens(bytesOf(of), window.factor),
    })),
    { name: "notes", tokens: estimateTokens(memoryBytes, window.factor) },
    { name: "instructions", tokens: estimateTokens(own, window.factor) },
  ];
  return parts
    .filter(({ tokens }) => tokens > 0)
    .sort((a, b) => b.tokens - a.tokens)
    .slice(0, NAMED_PARTS);
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
