import type * as z from "zod";
import { defineTool } from "../define-tool.ts";
import { refusedWords } from "../refused-words.ts";
import { createInput } from "./routine-input.ts";
import { previewOf } from "./routine-preview.ts";
import { ROUTINE_REFUSALS } from "./refusals.ts";
import { shownText } from "./routine-text.ts";

/** Adds a routine, which may do no more than the turn that adds it. */
export const routinesCreate = defineTool<z.output<typeof createInput>>({
  name: "routines_create",
  group: "routines",
  effect: "schedule",
  isIdempotent: false,
  timeLimit: "internal",
  description:
    'Have a prompt asked at a time or again and again. when: "weekdays at 9:00", "every 2h", "tomorrow 15:00", a five-field cron, wake, login, "file GLOB".',
  input: createInput,
  examples: [{ name: "brief", prompt: "Write the morning brief.", when: "weekdays at 9:00" }],
  inspect: async (input, { describeSchedule }) => ({
    isLasting: true,
    ...(await previewOf(`New routine ${input.name}`, input, describeSchedule)),
  }),
  // The next firings that the preview tells move on while a card waits; what they mean is held to what was shown.
  identify: () => ({}),
  async run({ when, tools, maxSteps, ...routine }, { request }) {
    const overrides = { tools, maxSteps };
    const wish = { ...routine, overrides, schedule: { when }, by: "the model" };
    const answer = await refusedWords(request("routine.add", wish), ROUTINE_REFUSALS);
    if (typeof answer === "string") return { text: answer, isError: true };
    return { text: shownText("Added", answer) };
  },
});
