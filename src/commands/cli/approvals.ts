import { Argument, type Command, Option } from "commander";
import type { Connection } from "../../protocol/connect.ts";
import { recoveryAnswerSchema } from "../../protocol/entries.ts";
import { asLoopdError, exitCodeOf } from "../../protocol/errors.ts";
import type { CardRow, ParamsOf } from "../../protocol/requests.ts";
import { grantScopeSchema, type Json } from "../../protocol/values.ts";
import { listCards } from "../list-cards.ts";
import { callSummary } from "../present/call.ts";
import { plural } from "../present/quantity.ts";
import { answeredBy } from "./card-desk.ts";
import { listedCards } from "./card-output.ts";
import { ExitWith, sayFailure, usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson } from "./print.ts";
import { programName } from "./program-name.ts";
import { resolveSession } from "./resolve-session.ts";

type Resolve = Omit<ParamsOf<"card.resolve">, "cardId" | "by">;
type ListOptions = { all?: boolean; session?: string; json?: boolean };
type AnswerOptions = { all?: boolean; scope: "once" | "session" | "always"; reason?: string; json?: boolean };

const ID_HELP = "the approval, or the beginning of its id";

/** `loopd approvals`: what waits for a person, and answering it from any terminal. */
export function addApprovals(program: Command): void {
  const approvals = program
    .command("approvals")
    .description("List and answer what waits for a person.")
    .addHelpText(
      "after",
      examples(
        "loopd approvals",
        "loopd approvals approve t7qd",
        'loopd approvals deny t7qd --reason "Not that folder"',
      ),
    );

  approvals
    .command("list")
    .description("Show what waits for a person, with the real arguments. Interrupted effects are listed too.")
    .option("--all", "also what has been answered")
    .option("-s, --session <id>", "only of this session")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd approvals list", "loopd approvals list --json | jq -r '.[].approvalId'"))
    .action(list);

  const scope = new Option("--scope <scope>", "how far it reaches").choices(grantScopeSchema.options).default("once");
  approvals
    .command("approve")
    .argument("[id...]", ID_HELP)
    .description("Let calls run.")
    .option("--all", "every approval that waits now (each only once)")
    .addOption(scope)
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd approvals approve t7qd", "loopd approvals approve --all"))
    .action((ids: string[], options: AnswerOptions) =>
      answer(ids, options, { resolution: "approved", scope: options.scope }),
    );

  approvals
    .command("deny")
    .argument("[id...]", ID_HELP)
    .description("Refuse calls; the model reads the reason and goes on.")
    .option("--all", "every approval that waits now")
    .option("--reason <text>", "why not")
    .option("--json", "print JSON")
    .addHelpText("after", examples('loopd approvals deny t7qd --reason "Use the staging server"'))
    .action((ids: string[], options: AnswerOptions) =>
      answer(ids, options, { resolution: "denied", reason: options.reason }),
    );

  approvals
    .command("edit")
    .argument("<id>", ID_HELP)
    .requiredOption("--args <json>", "what the call is to run with instead")
    .option("--reason <text>", "kept in the trace")
    .description("Change the arguments and let the call run with these; rules decide about them anew.")
    .option("--json", "print JSON")
    .addHelpText("after", examples(`loopd approvals edit t7qd --args '{"command":"git push --dry-run"}'`))
    .action((id: string, options: AnswerOptions & { args: string }) =>
      answer([id], options, { resolution: "edited", arguments: jsonOf(options.args), reason: options.reason }),
    );

  approvals
    .command("answer")
    .argument("<id>", ID_HELP)
    .addArgument(new Argument("<what>", "what became of the interrupted call").choices(recoveryAnswerSchema.options))
    .description("Say what became of a call that was interrupted by a crash.")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        "loopd approvals answer t7qd happened   # it took effect",
        "loopd approvals answer t7qd again      # run it once more",
        "loopd approvals answer t7qd skip       # it did not happen; go on without it",
      ),
    )
    .action((id: string, what: string, options: AnswerOptions) =>
      answer([id], options, { resolution: "answered", answer: what }),
    );
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw usage(`--args takes JSON, such as {"command":"ls"}; this is none: ${text.slice(0, 80)}`);
  }
}

async function list({ all, session, json }: ListOptions): Promise<void> {
  const cards = await withHelper(async (connection) => {
    const only = session === undefined ? undefined : await resolveSession(connection, session);
    return listCards(connection.request, { all: all === true, session: only });
  });
  const approvals = cards.filter(({ type }) => type !== "question");
  if (json === true) return printJson(approvals);
  if (approvals.length > 0) process.stdout.write(listedCards(approvals));
  else print(cards.length === 0 ? "Nothing waits for you." : "No approval waits for you.");
  const questions = cards.filter(({ type, state }) => type === "question" && state === "pending").length;
  if (questions === 0) return;
  print(`\n${plural(questions, "question")} for you: ${programName(process.env)} questions`);
}

async function answer(ids: readonly string[], options: AnswerOptions, resolve: Resolve): Promise<void> {
  const isAll = options.all === true;
  if (isAll === ids.length > 0)
    throw usage("Name the approvals by id, or all of them with --all; see loopd approvals list.");
  if (isAll && options.scope === "always")
    throw usage("--all never goes with --scope always: a lasting rule needs a look at each.");
  const exitCode = await withHelper(async (connection) => {
    const cardIds = isAll ? await pendingApprovals(connection) : ids;
    if (cardIds.length === 0) say("Nothing waits for you.", options);
    const resolved: CardRow[] = [];
    let worst = 0;
    for (const cardId of cardIds) {
      try {
        const { card } = await connection.request("card.resolve", { ...resolve, cardId, by: answeredBy() });
        resolved.push(card);
        say(`${card.state}: ${callSummary(card.tool, card.arguments)}`, options);
      } catch (thrown) {
        const error = asLoopdError(thrown);
        sayFailure(error, options.json === true ? "json" : "words");
        worst ||= exitCodeOf(error.code);
      }
    }
    if (options.json === true) printJson(resolved);
    return worst;
  });
  throw new ExitWith(exitCode);
}

function say(text: string, { json }: AnswerOptions): void {
  if (json !== true) print(text);
}

async function pendingApprovals(connection: Connection): Promise<string[]> {
  const cards = await listCards(connection.request, {});
  return cards.filter(({ type }) => type === "approval").map(({ approvalId }) => approvalId);
}
