import type { Looking, Sight, WindowChoice } from "../../ax-helper/session-screen.ts";
import { SCREEN_LEGEND } from "../../ax-helper/tree/legend.ts";
import type { ToolContext, ToolResult } from "../define-tool.ts";

/** UTF-8 bytes of a token, in every budget. */
const BYTES_PER_TOKEN = 3.5;
/** What a look takes unless all of a window is wanted: what is left is folded, and opened one part at a time. */
const USUAL_TOKENS = 1_500;
/** Tokens for what a tool says beside the window: a line of its own, or how the window is to be read. */
const OWN_WORDS = 140;
const LEGEND = `\n(How to read this. ${SCREEN_LEGEND})`;
/** Of a smaller output it would take too much. */
const LEGEND_SHARE = 1 / 3;

/** A window as a model names it. */
export interface NamedWindow {
  app?: string | undefined;
  window?: string | undefined;
}

/** The same without absent keys; an empty name is none. */
export function choiceOf({ app, window }: NamedWindow): WindowChoice {
  return { ...(app ? { app } : {}), ...(window ? { window } : {}) };
}

/** How a call looks: at what was decided, with what the model has before it, in as many tokens as its output may take. */
export function lookingOf(context: ToolContext, extent: "usual" | "whole"): Looking {
  const { signal, callId, sight, facts, outputBytes } = context;
  const most = Math.floor(outputBytes / BYTES_PER_TOKEN);
  const room = Math.max(most - OWN_WORDS, Math.floor(most / 2));
  const before = extent === "usual" && sight.callId !== undefined ? { before: sight.callId } : {};
  const only = facts.app === undefined ? {} : { only: facts.app };
  const budget = extent === "usual" ? Math.min(room, USUAL_TOKENS) : room;
  return { signal, lookId: callId, lastRef: sight.lastRef, budget, ...before, ...only };
}

/** How a window is to be read, for a model that has that neither in its prompt nor from a look that it has before it. */
export function legendFor({ listed, sight, outputBytes }: ToolContext): string {
  const isKnown = listed.includes("screen_read") || sight.callId !== undefined;
  return isKnown || LEGEND.length > outputBytes * LEGEND_SHARE ? "" : LEGEND;
}

/** What the model has seen with a result. */
export function sightOf({ app, window, isFull, lastRef }: Sight): NonNullable<ToolResult["sight"]> {
  return { app, window, isFull, lastRef };
}
