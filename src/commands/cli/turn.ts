import type { Command } from "commander";
import { MAX_PROMPT_CHARACTERS } from "../../protocol/requests.ts";
import { LoopdError } from "../../protocol/errors.ts";
import { attendTurn } from "./attend-turn.ts";
import { answeredBy } from "./card-desk.ts";
import { ExitWith } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print } from "./print.ts";
import { promptText } from "./prompt-text.ts";
import { resolveSession } from "./resolve-session.ts";

/** `loopd turn`: what can be done to a turn that runs. */
export function addTurn(program: Command): void {
  const turn = program
    .command("turn")
    .description("Steer, cancel or follow the turn of a session.")
    .addHelpText(
      "after",
      examples("loopd turn wait s3k9", 'loopd turn steer s3k9 "Only the Markdown files"', "loopd turn cancel s3k9"),
    );

  turn
    .command("steer")
    .argument("<session>", "the session, or the beginning of its id")
    .argument("<text...>", "what the model should know from now on; - reads it from standard input")
    .description("Tell the model something while it works.")
    .addHelpText("after", examples('loopd turn steer s3k9 "Leave out node_modules"'))
    .action(steer);

  turn
    .command("cancel")
    .argument("<session>", "the session, or the beginning of its id")
    .description("Cancel the running turn of a session and those that wait behind it.")
    .addHelpText("after", examples("loopd turn cancel s3k9"))
    .action(cancel);

  turn
    .command("wait")
    .argument("<session>", "the session, or the beginning of its id")
    .description("Follow the newest turn of a session to its end, as loopd ask does.")
    .option("--json", "print entries and deltas, one JSON value per line")
    .addHelpText("after", examples("loopd turn wait s3k9", "loopd turn wait s3k9 --json | tail -1"))
    .action(wait);
}

async function steer(prefix: string, words: string[]): Promise<void> {
  const text = await promptText(words);
  if (text.length > MAX_PROMPT_CHARACTERS)
    throw new LoopdError("prompt-too-large", "The text is too long to steer with.");
  await withHelper(async (connection) => {
    const session = await resolveSession(connection, prefix);
    const { turn } = await connection.request("turn.steer", { session, text });
    print(`Told turn ${turn}; the model reads it with its next step.`);
  });
}

async function cancel(prefix: string): Promise<void> {
  await withHelper(async (connection) => {
    const session = await resolveSession(connection, prefix);
    const { turns } = await connection.request("turn.cancel", { session, by: answeredBy(), why: "loopd turn cancel" });
    print(`Cancelled ${turns.join(", ")}.`);
  });
}

async function wait(prefix: string, options: { json?: boolean }): Promise<void> {
  const place = await withHelper(async (connection) => {
    const session = await resolveSession(connection, prefix);
    const shown = await connection.request("session.show", { session });
    // An inherited turn that was open where the fork begins never ends in it.
    const turns = shown.turns.filter(({ inheritedFrom }) => inheritedFrom === undefined);
    const newest = turns.reduce(
      (best, row) => (best === undefined || row.startedAt >= best.startedAt ? row : best),
      turns[0],
    );
    if (newest === undefined) throw new LoopdError("unknown-turn", `Session ${session} has no turn of its own yet.`);
    return { session, turn: newest.turn };
  });
  const output = options.json === true ? "json" : "answer";
  throw new ExitWith(await attendTurn({ type: "attach", ...place }, { output, onCard: "wait" }));
}
