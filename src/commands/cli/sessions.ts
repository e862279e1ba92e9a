import type { Command } from "commander";
import type { SearchHit, SessionRow, TurnRow } from "../../protocol/requests.ts";
import type { SessionWindow } from "../../protocol/session-window.ts";
import { listCards } from "../list-cards.ts";
import { waitingWords } from "../present/card.ts";
import { presentFinish } from "../present/finish.ts";
import { chosenWords } from "../present/overrides.ts";
import { ago, plural } from "../present/quantity.ts";
import { oneLine, printableText } from "../present/terminal-text.ts";
import { addClearSession } from "./clear-session.ts";
import { addCompactSession } from "./compact-session.ts";
import { canvasOf, drawWindow } from "./draw-window.ts";
import { addDeleteSession } from "./delete-session.ts";
import { addExport } from "./export-session.ts";
import { addForkSession } from "./fork-session.ts";
import { withHelper } from "./helper-access.ts";
import { addKeepSession } from "./keep-session.ts";
import { examples, wholeNumber } from "./options.ts";
import { print, printJson, styled } from "./print.ts";
import { programName } from "./program-name.ts";
import { resolveSession } from "./resolve-session.ts";
import { addSetSession, settingWords } from "./set-session.ts";
import { table } from "./table.ts";
import { addUndoFiles } from "./undo-files.ts";

type ListOptions = { json?: boolean; limit: number };

/** `loopd sessions`: the conversations that the trace holds. */
export function addSessions(program: Command): void {
  const sessions = program
    .command("sessions")
    .description("List, show, search, set up, fork, compact, clear, export and delete conversations.")
    .addHelpText(
      "after",
      examples("loopd sessions", "loopd sessions show s3k9", 'loopd sessions search "largest files"'),
    );

  sessions
    .command("list")
    .description("List sessions, the newest first.")
    .option("-n, --limit <n>", "how many at most", wholeNumber(1, 1000), 100)
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd sessions list --limit 10", "loopd sessions list --json"))
    .action(list);

  sessions
    .command("show")
    .argument("<session>", "the session, or the beginning of its id")
    .description("Show what was asked and answered in a session, and where the window of its model goes.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd sessions show s3k9", "loopd trace show s3k9   # every recorded fact"))
    .action(show);

  sessions
    .command("search")
    .argument("<query...>", "words to find in prompts, answers and tool output")
    .description("Search the text of all sessions.")
    .option("-n, --limit <n>", "how many hits at most", wholeNumber(1, 1000), 20)
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd sessions search tax return", "loopd sessions search --json README"))
    .action(search);

  addSetSession(sessions);
  addForkSession(sessions);
  addCompactSession(sessions);
  addClearSession(sessions);
  addUndoFiles(sessions);
  addExport(sessions);
  addKeepSession(sessions);
  addDeleteSession(sessions);
}

async function list({ json, limit }: ListOptions): Promise<void> {
  const { sessions } = await withHelper((connection) => connection.request("session.list", { limit }));
  if (json === true) return printJson(sessions);
  if (sessions.length === 0) return print('There is no session yet. Begin one with: loopd ask "…"');
  const columns = [
    { head: "SESSION" },
    { head: "CHANGED" },
    { head: "TURNS", align: "right" as const },
    { head: "STATE" },
    { head: "TITLE" },
  ];
  const now = Date.now();
  const row = (one: SessionRow) => [
    one.session,
    ago(one.updatedAt, now),
    String(one.turns),
    one.state,
    oneLine(`${originWords(one)}${one.title}`, 60),
  ];
  print(table(columns, sessions.map(row)));
}

/** Tells sessions of the same title apart. */
function originWords({ delegateOf, forkedFrom }: SessionRow): string {
  if (delegateOf !== undefined) return `delegate of ${delegateOf.session}: `;
  return forkedFrom === undefined ? "" : `fork of ${forkedFrom.session}: `;
}

async function show(prefix: string, { json }: { json?: boolean }): Promise<void> {
  const { session, turns, overrides, window, cards } = await withHelper(async (connection) => {
    const place = { session: await resolveSession(connection, prefix) };
    const shown = await connection.request("session.show", place);
    const { window } = await connection.request("session.window", place);
    return { ...shown, window, cards: await listCards(connection.request, place) };
  });
  if (json === true) return printJson({ session, turns, overrides, window });
  print(
    `${session.session}  ${session.title}\n${session.workspace} · ${plural(session.turns, "turn")} · ${session.state}`,
  );
  if (session.forkedFrom !== undefined)
    print(`forked from ${session.forkedFrom.session} at entry ${session.forkedFrom.at}`);
  const { delegateOf } = session;
  if (delegateOf !== undefined) print(`delegate of ${delegateOf.session}, for its call ${delegateOf.callId}`);
  const settings = settingWords(overrides);
  if (settings !== undefined) print(settings);
  printWindow(window);
  for (const turn of turns) printTurn(turn);
  if (cards.length > 0) print(`\n${waitingWords(cards, programName(process.env))}`);
}

function printWindow(window: SessionWindow): void {
  const canvas = canvasOf(process.stdout, process.env, process.platform);
  process.stdout.write(`\n${drawWindow(window, canvas, Date.now()).join("\n")}\n`);
}

function printTurn({ input, startedAt, state, text, inheritedFrom, delegates = [], provenance = {} }: TurnRow): void {
  const isLeft = inheritedFrom !== undefined && state === "interrupted" && text === undefined;
  const shown = isLeft ? "open there" : state;
  const chosen = chosenWords(provenance);
  const from = inheritedFrom === undefined ? "" : `  of ${inheritedFrom}`;
  const head = printableText(`${startedAt}  ${shown}${from}${chosen === "" ? "" : `  (${chosen})`}`);
  process.stdout.write(
    `\n${styled("dim", head, process.stdout)}\n${styled("bold", printableText(`> ${input.replaceAll("\n", "\n> ")}`), process.stdout)}\n`,
  );
  if (delegates.length > 0) print(`delegated to ${delegates.join(", ")}`);
  if (text !== undefined && text !== "") print(text);
  else if (isLeft) print("This session was forked before the turn had ended, and does not go on with it.");
  else if (state !== "queued" && state !== "running" && state !== "waiting") print(presentFinish(state).sentence);
}

async function search(words: string[], { json, limit }: ListOptions): Promise<void> {
  const query = words.join(" ");
  const { hits } = await withHelper((connection) => connection.request("session.search", { query, limit }));
  if (json === true) return printJson(hits);
  if (hits.length === 0) return print(`Nothing was found for: ${query}`);
  for (const hit of hits) printHit(hit);
}

function printHit({ session, title, kind, at, snippet }: SearchHit): void {
  const where = `${session}  ${ago(at, Date.now())}  ${kind}  ${oneLine(title, 60)}`;
  const marked = oneLine(snippet, 200).replace(/\*\*(.+?)\*\*/g, (_, words: string) =>
    styled("bold", words, process.stdout),
  );
  process.stdout.write(`${styled("dim", where, process.stdout)}\n  ${marked}\n`);
}
