import type { Command } from "commander";
import { deedLine, isSurelyDone } from "../present/screen.ts";
import { ExitWith, usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples, wholeNumber } from "./options.ts";
import { print, printJson, say } from "./print.ts";
import { ACTIONS, actionOf, takesText } from "./screen-action.ts";
import { budgetFlag, budgetOf, budgetWords } from "./screen-sight.ts";

interface Options {
  textStdin?: boolean;
  count?: number;
  budget?: number;
  json?: boolean;
}

/** `loopd screen act`: does one thing to one control of the window that was read last. */
export function addScreenAct(screen: Command): void {
  screen
    .command("act")
    .argument("<ref>", "a reference that screen read has shown, such as b15")
    .argument("<action>", ACTIONS.join(", "))
    .argument("[value...]", "what the action needs")
    .description("Do something to a control, and show what changed; exit code 1 unless it was surely done.")
    .option("--text-stdin", "read the text for type or set from standard input: for what nobody should see in a list")
    .option("--count <n>", "how often to click", wholeNumber(1, 3))
    .option(budgetFlag, budgetWords, budgetOf)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        "loopd screen act b15 press",
        'loopd screen act t6 type "Hello there"',
        "loopd screen act t6 set --text-stdin < password.txt",
        "loopd screen act k9 toggle on",
        'loopd screen act p4 select "A4 paper"',
        "loopd screen act i30 scroll down 2",
        'loopd screen act m1 menu File "Save As…"',
        "loopd screen act t6 key ctrl+s",
        "loopd screen act b15 click 10,4 --count 2",
      ) + "\n\nA value that begins with a dash stands after --: loopd screen act t6 type -- -5",
    )
    .action(act);
}

async function act(ref: string, name: string, words: string[], options: Options): Promise<void> {
  const { textStdin, count, budget, json } = options;
  if (textStdin === true && !takesText(name)) throw usage("--text-stdin is for the actions type and set.");
  if (textStdin === true && words.length > 0) throw usage("Give the text either as a word or with --text-stdin.");
  const values = textStdin === true ? [await textFromStdin()] : words;
  const action = actionOf({ ref, name, values, count });
  const deed = await withHelper((connection) => connection.request("screen.act", { ref, act: action, budget }));
  const { after, isChanged } = deed;
  if (json === true) printJson(deed);
  else {
    say(deedLine(ref, name, deed));
    if ("problem" in after) say(`What is there now could not be read: ${after.message}`);
    else if (!isChanged && !after.isFull) print("The screen shows no change.");
    else print(after.text);
  }
  if (!isSurelyDone(deed)) throw new ExitWith(1);
}

/** All of standard input but the line's end; a person at a terminal is told what to do. */
async function textFromStdin(): Promise<string> {
  if (process.stdin.isTTY) say("Type the text, then Enter and Ctrl-D:");
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}
