import { writeFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { Command } from "commander";
import { LoopdError } from "../../protocol/errors.ts";
import { MAX_SCREEN_WAIT, MIN_SCREEN_BUDGET } from "../../protocol/screen.ts";
import { exactly } from "../present/quantity.ts";
import { oneLine } from "../present/terminal-text.ts";
import { ExitWith } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { decimal, examples, wholeNumber } from "./options.ts";
import { print, printJson, say } from "./print.ts";
import { resolveSession } from "./resolve-session.ts";

interface Choice {
  app?: string;
  window?: string;
}
interface Shown {
  json?: boolean;
  budget?: number;
}

export const budgetFlag = "--budget <tokens>";
export const budgetWords = "fold what does not fit into so many tokens";
export const budgetOf = wholeNumber(MIN_SCREEN_BUDGET, 1_000_000);

/** `loopd screen read`, `expand`, `wait` and `capture`: looking, with references that last from one command to the next. */
export function addScreenSight(screen: Command): void {
  withChoice(screen.command("read"))
    .description("Show a window as the model sees it; again, what changed since you read it last.")
    .option("--whole", "show all of it, also where little has changed")
    .option("--session <id>", "show it in the references of this session's model, whose own sight stays as it is")
    .option(budgetFlag, budgetWords, budgetOf)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples("loopd screen read", "loopd screen read --app mail --window Inbox --whole", "loopd screen read --json"),
    )
    .action(read);

  screen
    .command("expand")
    .argument("<ref>", "a reference of the last read, such as i12")
    .description("Show what a folded group hides, or the whole text of a control.")
    .option("--from <n>", "begin at this character of the text", wholeNumber(0, 1_000_000_000), 0)
    .option(budgetFlag, budgetWords, budgetOf)
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd screen expand i12"))
    .action(expand);

  withChoice(screen.command("wait"))
    .argument("<text>", "what a text or control holds")
    .description("Wait until something is on a window; exit code 1 if it is not in time.")
    .option("--role <role>", "only a control of this role, such as button")
    .option("--gone", "wait until it is gone")
    .option("--seconds <n>", "wait no longer than this", decimal(0, MAX_SCREEN_WAIT / 1000), 30)
    .option(budgetFlag, budgetWords, budgetOf)
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd screen wait Saved --app mousepad", "loopd screen wait Loading --gone"))
    .action(wait);

  withChoice(screen.command("capture"))
    .description(
      "Save a window as it was captured, for screen render and screen diff. It holds all that the window shows.",
    )
    .requiredOption("-o, --output <file>", "where to; a name that ends with .gz is packed")
    .option("--json", "print JSON about the file")
    .addHelpText("after", examples("loopd screen capture --app galculator -o window.json"))
    .action(capture);
}

function withChoice(command: Command): Command {
  return command
    .option("--app <name>", "program, in any case, or its process (default: the one in front)")
    .option("--window <title>", "title of the window, or a part of it");
}

async function read(options: Choice & Shown & { whole?: boolean; session?: string }): Promise<void> {
  const { app, window, whole: isWhole = false, session: named, budget, json } = options;
  const sight = await withHelper(async (connection) => {
    const session = named === undefined ? undefined : await resolveSession(connection, named);
    return connection.request("screen.read", { app, window, isWhole, budget, session });
  });
  if (json === true) return printJson(sight);
  print(sight.text);
  if (!sight.isFull) say("This is what changed since you read it last; --whole shows all of it.");
}

async function expand(ref: string, { from, budget, json }: Shown & { from: number }): Promise<void> {
  const sight = await withHelper((connection) => connection.request("screen.expand", { ref, from, budget }));
  if (json === true) return printJson(sight);
  print(sight.text);
}

type WaitOptions = Choice & Shown & { role?: string; gone?: boolean; seconds: number };

async function wait(text: string, options: WaitOptions): Promise<void> {
  const { app, window, role, gone: isGone = false, seconds, budget, json } = options;
  const limitMs = Math.round(seconds * 1000);
  const waited = await withHelper((connection) =>
    connection.request("screen.wait", { app, window, text, role, isGone, limitMs, budget }),
  );
  if (json === true) printJson(waited);
  else print(waited.sight?.text ?? "The window is closed.");
  if (waited.isMet) return json === true ? undefined : say(`${JSON.stringify(text)} is ${isGone ? "gone" : "there"}.`);
  const state = waited.sight === undefined ? "its window is closed" : "this is how the window is";
  say(`${JSON.stringify(text)} was still ${isGone ? "there" : "missing"} after ${seconds} s; ${state}.`);
  throw new ExitWith(1);
}

async function capture({ app, window, output, json }: Choice & { output: string; json?: boolean }): Promise<void> {
  const { capture: packed, ...about } = await withHelper((connection) =>
    connection.request("screen.capture", { app, window }),
  );
  const bytes = Buffer.from(packed, "base64");
  // What a window shows may be private: only its owner reads it.
  await writeFile(output, output.endsWith(".gz") ? bytes : gunzipSync(bytes), { mode: 0o600 }).catch(
    (cause: NodeJS.ErrnoException) => {
      const why = cause.code ?? cause.message;
      throw new LoopdError("usage", `${output} could not be written (${why}). Name another file.`, { cause });
    },
  );
  if (json === true) return printJson({ file: output, ...about });
  const cut = about.cut === undefined ? "" : `; it is not whole: ${about.cut}`;
  const [title, program] = [oneLine(about.window, 100), oneLine(about.app, 60)];
  print(`Saved ${title} of ${program} to ${output}: ${exactly(about.nodes)} elements${cut}`);
}
