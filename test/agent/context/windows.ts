import type { ModelReply, ModelRequest, ModelWindow } from "../../../src/agent/ports.ts";
import type { EntryData, EntryKind } from "../../../src/protocol/entries.ts";
import { calls, memoryWorld, type MemoryOptions, type MemoryWorld, says, use } from "../../fakes/memory-ports.ts";

export const WINDOW: ModelWindow = { tokens: 4_096, source: "loaded", factor: 1, isCalibrated: true };
/** With tools, and the frame that system texts have, about 1,150 tokens. */
const INSTRUCTIONS = "Do what is asked and say what you did, in short words. ".repeat(54);
/** With its block, about 400 tokens. */
export const OUTPUT = "screen row 17 | b4 Save | t5 name=value | row of text in words ".repeat(21).trimEnd();
export const SUMMARY = {
  facts: Array.from({ length: 12 }, (_, index) => `Row ${index} of the screen has the value ${index * 17} in it.`),
  decisions: ["Look at each place in turn, because the person asked for all of them."],
  openQuestions: ["The places that were not looked at yet."],
  paths: ["/w/place.txt"],
};

/** Whether a request is for a summary, in whichever form. */
export const isSummarising = ({ messages }: ModelRequest) =>
  JSON.stringify(messages.at(-1)).includes("Answer with one JSON object and nothing else");

/** Arguments of about 60 tokens. */
export const place = (number: number) => ({
  at: `place number ${number} of the house, behind the door on the left hand side of the long hall`,
  number,
});

/** A model that looks so many times and then answers; `summary`: what it says when it is to summarise. */
export function looks(times: number, summary: (request: ModelRequest) => ModelReply): MemoryOptions["model"] {
  let steps = 0;
  return (request) => {
    if (isSummarising(request)) return summary(request);
    steps += 1;
    return steps > times ? says("all seen") : calls(use("look", place(steps), `c${steps}`));
  };
}

/** A world whose model has a window. */
export function windowWorld(options: Partial<MemoryOptions>, window: ModelWindow | undefined = WINDOW): MemoryWorld {
  const world = memoryWorld({ replies: [], answers: () => ({ text: OUTPUT }), ...options });
  world.settings.windowOf = () => window;
  world.settings.instructions = INSTRUCTIONS;
  return world;
}

/** The data of every entry of a kind. */
export function dataOf<K extends EntryKind>({ entries }: MemoryWorld, kind: K): EntryData<K>[] {
  return entries.flatMap((entry) => (entry.kind === kind ? [entry.data as EntryData<K>] : []));
}

/** Epochs that opened because there was little room. */
export const compactions = (world: MemoryWorld) =>
  dataOf(world, "epoch.opened").filter(({ reason }) => reason === "window" || reason === "asked");
