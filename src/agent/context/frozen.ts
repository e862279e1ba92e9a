import type { ToolSchema } from "../../protocol/values.ts";
import { FINAL_ANSWER } from "../hooks/final-answer.ts";
import type { Settings } from "../ports.ts";
import type { TurnState, TurnView } from "../transcript.ts";
import { memoryWithin } from "./memory-index.ts";
import { breakFrames } from "./render.ts";
import { systemText } from "./system-text.ts";

/** What every request of an epoch begins with. */
export interface Frozen {
  system: string;
  /** How many UTF-8 bytes at the end of `system` are the index of the notes. */
  memoryBytes: number;
  tools: ToolSchema[];
}

/** What an epoch would begin with that opens now for a turn: as much of tools and notes as its model's window is for. */
export function frozenBy(view: TurnView, turn: TurnState, settings: Settings): Frozen {
  const window = settings.windowOf?.(turn.endpoint, turn.model);
  const { memoryIndex, instructions, redaction } = settings;
  const notes = memoryWithin(memoryIndex, window);
  const system = systemText(view, notes, instructions, redaction?.note);
  const memoryBytes = new TextEncoder().encode(breakFrames(notes, view.nonce)).length;
  const { tools = [], schema } = turn.overrides;
  const more = schema === undefined ? tools : [...tools, FINAL_ANSWER];
  return { system, memoryBytes, tools: [...settings.tools.schemas(more, window?.tokens)] };
}
