import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Entry, EntryOf } from "../../src/protocol/entries.ts";
import { type Journey, journey } from "./journey.ts";
import type { Gate, ModelScript } from "./model-script.ts";
import { type RequestBody, script } from "./model-server.ts";

/** Tokens as a server counts them that has 3.5 bytes in each. */
export function tokensOf({ system = "", tools = [], messages }: RequestBody): number {
  const bytes = Buffer.byteLength(JSON.stringify(system) + JSON.stringify(tools) + JSON.stringify(messages));
  return Math.ceil(bytes / 3.5);
}

/** Whether a request is for a summary, in whichever form. */
export function isSummarising({ messages }: RequestBody): boolean {
  return JSON.stringify(messages.at(-1)).includes("Answer with one JSON object and nothing else");
}

/** What a summary says, unless a test says otherwise. */
export const SUMMARY = {
  facts: ["Each part tells a number; part 1 tells 17."],
  decisions: ["Read the parts one after the other."],
  openQuestions: ["What the other parts tell."],
  paths: ["part-1.txt"],
};

export const TASK =
  "Read every part, from part-1.txt to part-10.txt, and tell me when you have. Mind the «quotes» & order!";

/** What the model of `smallWindow` is to say instead. */
interface Sayings {
  summary?: (body: RequestBody) => ModelScript;
  /** Instead of reading a part; undefined: reads it. */
  instead?: (body: RequestBody, parts: number) => ModelScript | undefined;
  /** Parts to read in each turn. Absent: 10. */
  parts?: number;
  /** Holds back the response that reads a part. */
  holds?: { part: number; held: Gate };
  home?: string;
}

/** A model that reads one part after the other and reports what it was sent. */
function reader({ summary, instead, parts = 10, holds }: Sayings): (body: RequestBody) => ModelScript {
  let read = 0;
  return (body) => {
    const counted = (said: ModelScript) => said.withUsage({ input_tokens: tokensOf(body), output_tokens: 20 });
    if (isSummarising(body)) return counted(summary?.(body) ?? script().says(JSON.stringify(SUMMARY)));
    const other = instead?.(body, read);
    if (other !== undefined) return other;
    if (read % (parts + 1) === parts) {
      read += 1;
      return counted(script().says("all read"));
    }
    read += 1;
    const said = counted(script().calls("files_read", { path: `part-${((read - 1) % (parts + 1)) + 1}.txt` }));
    return holds?.part === read ? said.holds(holds.held) : said;
  };
}

/** A journey with a model whose window holds 4,096 tokens, in a folder with ten parts of about 400 tokens each. */
export async function smallWindow(sayings: Sayings = {}): Promise<Journey> {
  const begun = await journey(reader(sayings), sayings.home === undefined ? {} : { home: sayings.home });
  for (let part = 1; part <= 10; part += 1) {
    const line = `part ${part} tells the number ${part * 17}, and that it is one of ten parts in all, no more`;
    writeFileSync(join(begun.workspace, `part-${part}.txt`), `${line}\n`.repeat(15));
  }
  await begun.face.connection.request("endpoint.set", { name: "test", changes: { window: 4_096 } });
  return begun;
}

/** Epochs that made the conversation smaller. */
export function compactions(entries: readonly Entry[]): EntryOf<"epoch.opened">[] {
  return entries.flatMap((entry) => {
    const isOne = entry.kind === "epoch.opened" && (entry.data.reason === "window" || entry.data.reason === "asked");
    return isOne ? [entry] : [];
  });
}
