import * as z from "zod";
import { Problem } from "../../ax-helper/problem.ts";
import { SCREEN_LEGEND } from "../../ax-helper/tree/legend.ts";
import { defineTool } from "../define-tool.ts";
import { choiceOf, legendFor, lookingOf, sightOf } from "./looking.ts";
import { problemWords } from "./problem-words.ts";
import { windowFacts, windowIdentity } from "./window-facts.ts";

const name = z.string().max(300).optional();
const input = z.object({
  app: name.describe("program; absent: the one in front"),
  window: name.describe("title or part of it"),
  whole: z.boolean().optional().describe("all of it again, not only changes"),
});

/** Shows a window as text: all of it, or what changed since the model saw it. */
export const screenRead = defineTool<z.output<typeof input>>({
  name: "screen_read",
  group: "screen",
  effect: "read",
  isIdempotent: true,
  timeLimit: 30_000,
  description: `Read a window as text. ${SCREEN_LEGEND}`,
  input,
  examples: [{ app: "Mail" }],
  inspect: async (named, place) => (await windowFacts(named, place, (where) => `read ${where}`)).facts,
  identify: windowIdentity,
  async run({ whole, ...named }, context) {
    const looking = lookingOf(context, whole === true ? "whole" : "usual");
    const sight = await context.screen.read(choiceOf(named), looking);
    if (sight instanceof Problem) return { text: problemWords(sight), isError: true };
    return { text: `${sight.text}${legendFor(context)}`, sight: sightOf(sight) };
  },
});
