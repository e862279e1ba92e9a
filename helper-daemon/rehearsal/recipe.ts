import type { Json } from "../../src/protocol/values.ts";
import type { ToolResult } from "./messages-request.ts";

/** What the script does next: call a tool, or say something and end the turn. */
export type RecipeStep =
  { type: "call"; tool: string; input: { [key: string]: Json }; rationale?: string } | { type: "answer"; text: string };

/** The steps for one question, chosen by how many results there are; it is asked only while none of them failed. */
export type Plan = (results: readonly ToolResult[]) => RecipeStep;

/** One kind of request that the rehearsal model knows. */
export interface Recipe {
  /** Shown to people who asked for something else. */
  example: string;
  /** The steps for a question of this kind, or undefined for any other question. */
  plan(question: string): Plan | undefined;
}
