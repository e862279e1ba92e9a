import type { Command } from "commander";
import type { Connection } from "../../protocol/connect.ts";
import { LoopdError } from "../../protocol/errors.ts";
import type { FileUndo } from "../../protocol/requests.ts";
import { plural } from "../present/quantity.ts";
import { answeredBy } from "./card-desk.ts";
import { ExitWith } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson } from "./print.ts";
import { resolveSession } from "./resolve-session.ts";
import { table } from "./table.ts";

type UndoOptions = { turn?: string; dryRun?: boolean; yes?: boolean; json?: boolean };

/** `loopd sessions undo-files`: puts files back as they were before a session changed them. */
export function addUndoFiles(sessions: Command): void {
  sessions
    .command("undo-files")
    .argument("<session>", "the session, or the beginning of its id")
    .description("Put the files that a session wrote or edited back as they were. What others changed since stays.")
    .option("--turn <id>", "only what this turn changed")
    .option("--dry-run", "only show what would happen")
    .option("-y, --yes", "do not ask first")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples("loopd sessions undo-files s3k9 --dry-run", "loopd sessions undo-files s3k9 --turn t7qd --yes"),
    )
    .action(undo);
}

async function undo(prefix: string, options: UndoOptions): Promise<void> {
  const files = await withHelper(async (connection) => {
    const session = await resolveSession(connection, prefix);
    const turn = options.turn === undefined ? undefined : await resolveTurn(connection, session, options.turn);
    const ask = (isDryRun: boolean) =>
      connection.request("session.undo-files", { session, turn, isDryRun, by: answeredBy() });
    if (options.dryRun === true || !mustAsk(options)) return (await ask(options.dryRun === true)).files;
    const planned = (await ask(true)).files;
    if (!planned.some(isChange)) return planned;
    print(filesTable(planned));
    return (await isConfirmed(planned)) ? (await ask(false)).files : undefined;
  });
  if (files === undefined) return print("Nothing was changed.");
  if (options.json === true) printJson(files);
  else print(wordsOf(files, options.dryRun === true));
  if (files.some(({ result }) => result === "conflict" || result === "failed")) throw new ExitWith(1);
}

/** A person at a terminal sees first what would happen; a script has said what it wants. */
function mustAsk({ yes, json }: UndoOptions): boolean {
  return yes !== true && json !== true && process.stdin.isTTY && process.stdout.isTTY;
}

async function isConfirmed(planned: readonly FileUndo[]): Promise<boolean> {
  const { confirm, isCancel } = await import("@clack/prompts");
  const message = `Put ${plural(planned.filter(isChange).length, "file")} back?`;
  const answer = await confirm({ message, initialValue: false, input: process.stdin, output: process.stderr });
  return !isCancel(answer) && answer;
}

const isChange = ({ result }: FileUndo): boolean => result === "restored" || result === "removed";

function wordsOf(files: readonly FileUndo[], isDryRun: boolean): string {
  if (files.length === 0) return "It changed no files, so there is nothing to put back.";
  return isDryRun ? `${filesTable(files)}\nNothing was changed; this is what would happen.` : filesTable(files);
}

function filesTable(files: readonly FileUndo[]): string {
  const columns = [{ head: "RESULT" }, { head: "FILE" }, { head: "DETAIL" }];
  return table(
    columns,
    files.map(({ path, result, detail = "" }) => [result, path, detail]),
  );
}

async function resolveTurn(connection: Connection, session: string, prefix: string): Promise<string> {
  const { turns } = await connection.request("session.show", { session });
  const matches = turns.map(({ turn }) => turn).filter((turn) => turn.startsWith(prefix));
  const [first, second] = matches.includes(prefix) ? [prefix] : matches;
  if (first === undefined || prefix === "") {
    const message = `Session ${session} has no turn ${prefix}. See its turns with: loopd sessions show ${session} --json`;
    throw new LoopdError("unknown-turn", message);
  }
  if (second === undefined) return first;
  throw new LoopdError(
    "ambiguous-id",
    `Several turns begin with ${prefix}: ${matches.join(", ")}. Type more of the id.`,
  );
}
