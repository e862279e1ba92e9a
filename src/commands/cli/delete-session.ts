import { resolve } from "node:path";
import type { Command } from "commander";
import type { Connection } from "../../protocol/connect.ts";
import type { Deletion } from "../../protocol/trace-methods.ts";
import { exactly, plural } from "../present/quantity.ts";
import { answeredBy } from "./card-desk.ts";
import { usage } from "./failure.ts";
import { exportTo } from "./export-session.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson, say } from "./print.ts";
import { resolveSession } from "./resolve-session.ts";

type DeleteOptions = { export?: string; reveal?: boolean; dryRun?: boolean; yes?: boolean; json?: boolean };

/** `loopd sessions delete`: for good. */
export function addDeleteSession(sessions: Command): void {
  sessions
    .command("delete")
    .argument("<session>", "the session, or the beginning of its id")
    .description("Delete a session and those of its delegates for good: trace, search index and stored outputs.")
    .option("--export <file>", "write its trace into this file before, as JSONL")
    .option("--reveal", "with --export: with private values")
    .option("--dry-run", "only show what would be deleted")
    .option("-y, --yes", "do not ask first")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples("loopd sessions delete s3k9 --dry-run", "loopd sessions delete s3k9 --export s3k9.jsonl --yes") +
        "\n\nWhat forks share stays with them. Memory notes and files that it wrote stay too.",
    )
    .action(deleteSession);
}

async function deleteSession(prefix: string, options: DeleteOptions): Promise<void> {
  if (options.reveal === true && options.export === undefined) throw usage("--reveal goes with --export FILE.");
  const done = await withHelper(async (connection) => {
    const session = await resolveSession(connection, prefix);
    const by = answeredBy();
    const planned = await connection.request("session.delete", { session, by, isDryRun: true });
    if (options.dryRun === true) return planned;
    if (mustAsk(options) && !(await isConfirmed(planned))) return undefined;
    const last = await exported(connection, session, options);
    return connection.request("session.delete", { session, by, ...last });
  });
  if (done === undefined) return print("Nothing was deleted.");
  if (options.json === true) return printJson(done);
  print(wordsOf(done, options.dryRun === true));
}

/** What is deleted is what was written out, or nothing is. */
async function exported(
  connection: Connection,
  session: string,
  { export: file, reveal }: DeleteOptions,
): Promise<{ last?: number }> {
  if (file === undefined) return {};
  const { entries, last } = await exportTo(resolve(file), connection, session, { format: "jsonl", reveal });
  say(`Wrote ${entries} entries of ${session} to ${file}.`);
  return { last };
}

/** A person at a terminal sees first what would happen; a script has said what it wants. */
function mustAsk({ yes, json }: DeleteOptions): boolean {
  return yes !== true && json !== true && process.stdin.isTTY && process.stdout.isTTY;
}

async function isConfirmed(planned: Deletion): Promise<boolean> {
  const { confirm, isCancel } = await import("@clack/prompts");
  print(wordsOf(planned, true));
  const message = "Delete that for good?";
  const answer = await confirm({ message, initialValue: false, input: process.stdin, output: process.stderr });
  return !isCancel(answer) && answer;
}

function wordsOf(
  { sessions, entries, blobs, forks, keptEntries, backups, copies, isPending }: Deletion,
  isDryRun: boolean,
): string {
  const [session, ...delegates] = sessions;
  const also = delegates.length === 0 ? "" : ` and its delegates' ${delegates.join(", ")}`;
  const outputs = `${isDryRun ? "at most " : ""}${plural(blobs, "stored output")}`;
  const lines = [
    `${isDryRun ? "Would delete" : "Deleted"} ${session}${also}: ${entries === 1 ? "1 entry" : `${exactly(entries)} entries`}, ${outputs}.`,
    ...(forks.length > 0 ? [`${keptEntries} entries stay, because they are part of ${forks.join(", ")} too.`] : []),
    ...(backups.length > 0
      ? [`${isDryRun ? "With it goes" : "With it went"} ${backups.join(", ")}, a copy that held it.`]
      : []),
    ...(isPending
      ? ["Another program reads the database. What it still holds is overwritten once that program lets go."]
      : []),
    ...copies.map((path) => `${path} is a copy of a damaged database and may still hold it: rm '${path}'`),
  ];
  return lines.join("\n");
}
