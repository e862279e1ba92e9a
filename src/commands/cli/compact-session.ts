import type { Command } from "commander";
import type { Connection } from "../../protocol/connect.ts";
import type { Entry } from "../../protocol/entries.ts";
import { LoopdError } from "../../protocol/errors.ts";
import type { NotificationOf } from "../../protocol/notifications.ts";
import { contextNotice } from "../present/context-notice.ts";
import { sentence } from "../present/quantity.ts";
import { epochWords } from "../present/window-words.ts";
import { answeredBy } from "./card-desk.ts";
import { ExitWith } from "./failure.ts";
import { openForCli } from "./helper-access.ts";
import { listenForInterrupts } from "./interrupts.ts";
import { examples } from "./options.ts";
import { print, printJson, say } from "./print.ts";
import { programName } from "./program-name.ts";
import { resolveSession } from "./resolve-session.ts";

/** What became of a compaction, as far as this program waited for it. */
type Ending = { type: "answered" | "cleared"; entry: Entry } | { type: "left" };

/** `loopd sessions compact`: makes a conversation smaller now instead of when its window is full. */
export function addCompactSession(sessions: Command): void {
  sessions
    .command("compact")
    .argument("<session>", "the session, or the beginning of its id")
    .description("Make what a model reads of a session smaller: old results shortened, old exchanges summarised.")
    .option("--note <text>", "what the summary must keep")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples("loopd sessions compact s3k9", 'loopd sessions compact s3k9 --note "Keep the table of prices"') +
        "\n\nThe trace keeps everything. An open turn is compacted before its next request. Ctrl-C leaves it going (exit 0)." +
        "\nExit codes: 0 smaller now, 1 nothing was made smaller, 2 wrong call, 4 no helper.",
    )
    .action(compact);
}

async function compact(prefix: string, { note, json }: { note?: string; json?: boolean }): Promise<void> {
  let heard: (entry: Entry) => void = () => {};
  const connection = await openForCli((name, value) => {
    if (name === "entries.added") for (const entry of (value as NotificationOf<"entries.added">).entries) heard(entry);
    if (name === "turn.stalled") say(`It is held up: ${(value as NotificationOf<"turn.stalled">).message}`);
  }, "if-missing");
  let stopListening = () => {};
  try {
    const session = await resolveSession(connection, prefix);
    const answered = new Promise<Ending>((resolve) => (heard = (entry) => take(entry, resolve)));
    const left = new Promise<Ending>((resolve) => {
      stopListening = listenForInterrupts(() => resolve({ type: "left" }));
    });
    const asked = await connection.request("session.compact", { session, by: answeredBy(), note });
    if (asked.turn !== undefined) say(`Turn ${asked.turn} is open; its next request is preceded by the compaction.`);
    await connection.request("entries.follow", { session, after: asked.after });
    const ending = await Promise.race([answered, left, connection.closed.then((reason) => gone(reason, session))]);
    await tell(ending, session, connection, json === true ? "json" : "words");
  } finally {
    stopListening();
    connection.close();
  }
}

function take(entry: Entry, resolve: (ending: Ending) => void): void {
  const { kind } = entry;
  if ((kind === "epoch.opened" || kind === "epoch.skipped") && entry.data.reason === "asked")
    return resolve({ type: "answered", entry });
  if (kind === "session.cleared") return resolve({ type: "cleared", entry });
  const notice = contextNotice(entry);
  if (notice !== undefined) say(notice.text);
}

async function tell(ending: Ending, session: string, connection: Connection, format: "json" | "words"): Promise<void> {
  const program = programName(process.env);
  if (ending.type === "left") {
    say(`The compaction goes on without this terminal. See what came of it: ${program} sessions show ${session}`);
    return;
  }
  const { window } = await connection.request("session.window", { session });
  const row = window.epochs.findLast(({ seq }) => seq === ending.entry.seq);
  if (row === undefined) {
    const message = `Session ${session} was cleared meanwhile, so there is nothing left to compact.`;
    throw new LoopdError("nothing-to-compact", message);
  }
  if (format === "json") printJson({ session, ...row, window: window.tokens });
  else print(`${sentence(epochWords(row, window.tokens))}`);
  if (row.skipped !== undefined) throw new ExitWith(1);
}

function gone(cause: LoopdError, session: string): never {
  const words = "The helper went away. The compaction is recorded and happens as soon as a helper runs.";
  throw new LoopdError("helper-unreachable", `${words} See: loopd sessions show ${session}`, { cause });
}
