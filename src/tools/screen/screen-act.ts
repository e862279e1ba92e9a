import * as z from "zod";
import { Problem } from "../../ax-helper/problem.ts";
import { defineTool, type ToolResult } from "../define-tool.ts";
import { actionOf, isSecret } from "./action-of.ts";
import { doneWords } from "./done-words.ts";
import { lookingOf, sightOf } from "./looking.ts";
import { deedWords } from "./preview.ts";
import { problemWords } from "./problem-words.ts";
import { controlFacts, controlIdentity, refOf, unknownRef } from "./window-facts.ts";

const text = z.string().max(100_000).optional();
const input = z.object({
  ref: z.string().min(1).max(200).describe("a control as screen_read showed it, such as b7"),
  action: z.enum(["press", "type", "set", "toggle", "select", "menu", "key", "scroll", "focus", "click"]),
  text: text.describe("to type at the caret, or to set instead of what is there"),
  option: text.describe("to select in a list"),
  path: z.array(z.string().max(300)).max(10).optional().describe("of a menu item, by titles"),
  chord: z.string().max(50).optional().describe("ctrl+s, Enter"),
  on: z.boolean().optional().describe("for toggle"),
  direction: z.enum(["up", "down", "left", "right"]).optional(),
  pages: z.number().min(0.1).max(100).optional(),
  x: z.number().optional().describe("point to click; last resort"),
  y: z.number().optional(),
  count: z.int().min(1).max(3).optional(),
});

/** Operates a control of a window that was read, and tells what changed. */
export const screenAct = defineTool<z.output<typeof input>>({
  name: "screen_act",
  group: "screen",
  effect: "ui",
  isIdempotent: false,
  timeLimit: 60_000,
  description: "Operate a control by its reference; answers with what changed in the window.",
  input,
  examples: [
    { ref: "b7", action: "press" },
    { ref: "t3", action: "set", text: "Ada" },
  ],
  inspect({ ref, ...asked }, { screen }) {
    const target = screen.find(refOf(ref));
    if (target === undefined) return Promise.resolve({ refusal: unknownRef(refOf(ref)) });
    const action = actionOf(asked, target);
    if ("why" in action) {
      const { app, window } = target;
      return Promise.resolve({ app, window, refusal: `${action.why} Nothing was done; call it again.` });
    }
    const secret = isSecret(action, target) ? { isSecure: true } : {};
    const facts = controlFacts({ ...target, isSecure: false }, action.action, deedWords(action, target));
    return Promise.resolve({ ...facts, ...secret });
  },
  identify: controlIdentity,
  async run({ ref, ...asked }, context): Promise<ToolResult> {
    const { screen, facts } = context;
    const target = screen.find(refOf(ref));
    const action = target === undefined ? { why: unknownRef(refOf(ref)) } : actionOf(asked, target);
    if ("why" in action) return { text: action.why, isError: true };
    // Since the facts were found, another call may have looked.
    if (target?.name !== facts.control?.name || target?.role !== facts.control?.role)
      return {
        text: `${refOf(ref)} is another control by now. Read the screen again; nothing was done.`,
        isError: true,
      };
    const deed = await screen.act(refOf(ref), action, lookingOf(context, "usual"));
    if (deed instanceof Problem) return { text: problemWords(deed), isError: true };
    const line = doneWords(deed);
    const { after } = deed;
    if (after instanceof Problem)
      return { text: `${line}\nThe window could not be read afterwards. ${problemWords(after)}` };
    return { text: `${line}\n${after.text}`, sight: sightOf(after) };
  },
});
