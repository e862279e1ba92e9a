import * as z from "zod";
import { Problem } from "../../ax-helper/problem.ts";
import { defineTool } from "../define-tool.ts";
import { lookingOf, sightOf } from "./looking.ts";
import { placeWords } from "./preview.ts";
import { problemWords } from "./problem-words.ts";
import { controlFacts, controlIdentity, refOf, unknownRef } from "./window-facts.ts";

const input = z.object({
  ref: z.string().min(1).max(200),
  from: z.int().min(0).optional().describe("of a long text: the character to go on from"),
});

/** Opens a folded part of the window that was read last, or tells the whole text of a control. */
export const screenExpand = defineTool<z.output<typeof input>>({
  name: "screen_expand",
  group: "screen",
  effect: "read",
  isIdempotent: true,
  timeLimit: 30_000,
  description: "Show what a folded line (iN>) hides, or the full text of a control.",
  input,
  examples: [{ ref: "i12" }],
  inspect({ ref }, { screen }) {
    const target = screen.find(refOf(ref));
    if (target === undefined) return Promise.resolve({ refusal: unknownRef(refOf(ref)) });
    return Promise.resolve(controlFacts(target, "expand", `read more of ${placeWords(target)}`));
  },
  identify: controlIdentity,
  async run({ ref, from }, context) {
    const sight = await context.screen.expand(refOf(ref), lookingOf(context, "usual"), from ?? 0);
    if (sight instanceof Problem) return { text: problemWords(sight), isError: true };
    return { text: sight.text, sight: sightOf(sight) };
  },
});
