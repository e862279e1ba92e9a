// What every peer's loop of the prefix measurement shares: loopd's own tools and system text, and what comes next.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PREFIX_TURNS, PROMPT_FILE, READ_TOOL } from "../../prefix-script.ts";

/**
 * The conversation in a lane's folder. `tools`: as loopd sent them, of which only the one that reads a file does anything;
 * `read` is that. `next`: the next turn, with `stepOf` to tell it of each call and hear whether the person says something.
 */
export async function openConversation(folder) {
  const { system, tools } = JSON.parse(await readFile(join(folder, PROMPT_FILE), "utf8"));
  const turns = [...PREFIX_TURNS];
  let calls = 0;
  return {
    system,
    tools,
    read: ({ path }) => readFile(join(folder, path), "utf8"),
    next() {
      calls = 0;
      return turns.shift();
    },
    /** The person's words, where the model has just made the call during which they fall. */
    noteAfterCall({ note }) {
      calls += 1;
      return note?.during === calls ? note.text : undefined;
    },
    isReading: ({ name }) => name === READ_TOOL,
  };
}
