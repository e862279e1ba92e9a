import type * as z from "zod";
import { defineTool } from "../define-tool.ts";
import { refusedWords } from "../refused-words.ts";
import { ROUTINE_REFUSALS } from "./refusals.ts";
import { updateInput } from "./routine-input.ts";
import { previewOf } from "./routine-preview.ts";
import { shownText } from "./routine-text.ts";

/** Changes a routine; afterwards it may do no more than the turn that changes it. */
export const routinesUpdate = defineTool<z.output<typeof updateInput>>({
  name: "routines_update",
  group: "routines",
  effect: "schedule",
  isIdempotent: false,
  timeLimit: "internal",
  description: "Change a routine: what it asks, when, with which tools. What is not named stays.",
  input: updateInput,
  examples: [{ name: "brief", when: "daily at 8:00" }],
  inspect: async (input, { describeSchedule }) => ({
    isLasting: true,
    ...(await previewOf(`Change routine ${input.name}`, input, describeSchedule)),
  }),
  // The next firings that the preview tells move on while a card waits; what they mean is held to what was shown.
  identify: () => ({}),
  async run({ name, when, zone, tools, maxSteps, ...changes }, { request }) {
    const isLimited = tools !== undefined || maxSteps !== undefined;
    const wish = {
      ...{ name, zone, by: "the model" },
      changes: { ...changes, ...(isLimited ? { overrides: { tools, maxSteps } } : {}) },
      ...(when === undefined ? {} : { schedule: { when } }),
    };
    const answer = await refusedWords(request("routine.edit", wish), ROUTINE_REFUSALS);
    if (typeof answer === "string") return { text: answer, isError: true };
    return { text: shownText("Changed", answer) };
  },
});
