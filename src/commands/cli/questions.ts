import { type Command, Option } from "commander";
import type { Connection } from "../../protocol/connect.ts";
import type { CardRow } from "../../protocol/requests.ts";
import { listCards } from "../list-cards.ts";
import { presentCard } from "../present/card.ts";
import { answeredBy, askForCard } from "./card-desk.ts";
import { commandFor, listedCards } from "./card-output.ts";
import { ExitWith, usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples, several } from "./options.ts";
import { print, printJson, say } from "./print.ts";
import { readStandardInput } from "./prompt-text.ts";
import { type Given, meantBy } from "./question-answer.ts";
import { resolveSession } from "./resolve-session.ts";

type ListOptions = { all?: boolean; session?: string; json?: boolean };
type AnswerOptions = { field?: string[]; decline?: boolean; reason?: string; json?: boolean };

/** `loopd questions`: what a model or a connected server wants to know from a person. */
export function addQuestions(program: Command): void {
  const questions = program
    .command("questions")
    .description("List and answer what a model or a connected server asks you.")
    .addHelpText(
      "after",
      examples(
        "loopd questions",
        'loopd questions answer t7qd "The one in Berlin"',
        "loopd questions answer t7qd 2          # the second of its choices",
        "loopd questions answer t7qd --decline",
      ),
    );

  questions
    .command("list")
    .description("Show the questions that wait for an answer, and how each can be answered.")
    .option("--all", "also what has been answered")
    .option("-s, --session <id>", "only of this session")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd questions list", "loopd questions list --json | jq -r '.[].question.text'"))
    .action(list);

  questions
    .command("answer")
    .argument("<id>", "the question, or the beginning of its id")
    .argument("[text...]", "the answer: words, a choice or its number; - reads it from standard input")
    .description("Answer a question. Without an answer it is asked in this terminal.")
    .option("-f, --field <name=value>", "a field of the form; once for each", several)
    .addOption(new Option("--decline", "leave it unanswered; whoever asks is told").conflicts("field"))
    .option("--reason <text>", "why it is declined")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        'loopd questions answer t7qd "The one in Berlin"',
        "loopd questions answer t7qd --field name=Ada --field age=36",
        'loopd questions answer t7qd --decline --reason "That is private"',
      ),
    )
    .action(answer);
}

async function list({ all, session, json }: ListOptions): Promise<void> {
  const cards = await withHelper(async (connection) => {
    const only = session === undefined ? undefined : await resolveSession(connection, session);
    return listCards(connection.request, { all: all === true, session: only });
  });
  const questions = cards.filter(({ type }) => type === "question");
  if (json === true) return printJson(questions);
  if (questions.length === 0) return print("No question waits for you.");
  process.stdout.write(listedCards(questions));
}

async function answer(id: string, words: string[], options: AnswerOptions): Promise<void> {
  const given = await givenBy(words, options);
  const exitCode = await withHelper(async (connection) => {
    const card = await pendingQuestion(connection, id);
    if (given === undefined) return askHere(connection, id, card);
    const said = { ...meantBy(card?.question, given), cardId: card?.approvalId ?? id, by: answeredBy() };
    const resolved = (await connection.request("card.resolve", said)).card;
    if (options.json === true) printJson(resolved);
    else print(`${resolved.state === "denied" ? "declined" : resolved.state}: ${presentCard(resolved).title}`);
    return 0;
  });
  throw new ExitWith(exitCode);
}

/** What the command line says to the question; undefined: nothing, so it is to be asked. */
async function givenBy(
  words: readonly string[],
  { field, decline, reason }: AnswerOptions,
): Promise<Given | undefined> {
  const ways = [words.length > 0, field !== undefined, decline === true].filter(Boolean).length;
  if (ways > 1) throw usage("Give one answer: words, or --field for each field of a form, or --decline.");
  if (reason !== undefined && decline !== true) throw usage("--reason says why a question is declined: add --decline.");
  if (decline === true) return { type: "decline", reason };
  if (field !== undefined) return { type: "fields", fields: field };
  if (words.length === 0) return undefined;
  const isDash = words.length === 1 && words[0] === "-";
  const text = isDash ? (await readStandardInput("answer")).replace(/\r?\n$/, "") : words.join(" ");
  return { type: "words", text };
}

/**
 * The question of that id. Undefined where no pending card fits, or several do: the helper has the words for that.
 * @throws LoopdError `usage` for a card that is no question.
 */
async function pendingQuestion(connection: Connection, id: string): Promise<CardRow | undefined> {
  const cards = await listCards(connection.request, {});
  const exact = cards.find(({ approvalId }) => approvalId === id);
  const starting = cards.filter(({ approvalId }) => approvalId.startsWith(id));
  const card = exact ?? (starting.length === 1 ? starting[0] : undefined);
  if (card === undefined || card.type === "question") return card;
  throw usage(`${card.approvalId} is no question but ${article(card.type)}. Answer it with: ${commandFor(card)}`);
}

function article(type: CardRow["type"]): string {
  return type === "approval" ? "an approval" : `a ${type}`;
}

async function askHere(connection: Connection, id: string, card: CardRow | undefined): Promise<number> {
  if (card === undefined) throw usage(`No single question begins with ${id}. See them all with: loopd questions list`);
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw usage(`There is no answer. Give one with: ${commandFor(card)}`);
  const elsewhere = new AbortController().signal;
  const end = await askForCard({ card, request: connection.request, elsewhere });
  if (end === "elsewhere") say("Somebody else answered it in the meantime.");
  if (end === "later") say(`It still waits: ${commandFor(card)}`);
  return end === "interrupted" ? 130 : 0;
}
