import { Argument, type Command, Option } from "commander";
import { recoveryAnswerSchema } from "../../protocol/entries.ts";
import { grantScopeSchema } from "../../protocol/values.ts";
import { listCards } from "../list-cards.ts";
import { plural } from "../present/quantity.ts";
import { type AnswerOptions, answerApprovals, periodOption, reachOption } from "./answer-approvals.ts";
import { listedCards, wholeCard } from "./card-output.ts";
import { editApproval } from "./edit-approval.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson, write } from "./print.ts";
import { programName } from "./program-name.ts";
import { resolveSession } from "./resolve-session.ts";

type ListOptions = { all?: boolean; session?: string; json?: boolean };

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

  approvals
    .command("show")
    .argument("<id>", ID_HELP)
    .description("Show one approval or question in full, whatever became of it.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd approvals show t7qd"))
    .action(show);

  const scope = new Option("--scope <scope>", "how far it reaches").choices(grantScopeSchema.options).default("once");
  approvals
    .command("approve")
    .argument("[id...]", ID_HELP)
    .description("Let calls run.")
    .option("--step <id>", "every approval of the step that this one is of")
    .option("--all", "every approval that waits now (each only once)")
    .addOption(scope)
    .addOption(new Option("--for <time>", "how long a wider scope holds: 30m, 24h, 7d").argParser(periodOption))
    .addOption(reachOption())
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        "loopd approvals approve t7qd",
        "loopd approvals approve --step t7qd",
        "loopd approvals approve t7qd --scope always --for 24h",
        "loopd approvals approve t7qd --scope session --reach app",
        "loopd approvals approve --all",
      ),
    )
    .action((ids: string[], options: AnswerOptions) =>
      answerApprovals(ids, options, {
        ...{ resolution: "approved", scope: options.scope },
        ...{ holdsFor: options.for, reach: options.reach },
      }),
    );

  approvals
    .command("deny")
    .argument("[id...]", ID_HELP)
    .description("Refuse calls; the model reads the reason and goes on.")
    .option("--step <id>", "every approval of the step that this one is of")
    .option("--all", "every approval that waits now")
    .option("--reason <text>", "why not")
    .option("--json", "print JSON")
    .addHelpText("after", examples('loopd approvals deny t7qd --reason "Use the staging server"'))
    .action((ids: string[], options: AnswerOptions) =>
      answerApprovals(ids, options, { resolution: "denied", reason: options.reason }),
    );

  approvals
    .command("edit")
    .argument("<id>", ID_HELP)
    .requiredOption("--args <json>", "what the call is to run with instead")
    .option("--reason <text>", "kept in the trace")
    .description("Change the arguments and let the call run with these; rules decide about them anew.")
    .option("--json", "print JSON")
    .addHelpText("after", examples(`loopd approvals edit t7qd --args '{"command":"git push --dry-run"}'`))
    .action(editApproval);

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
      answerApprovals([id], options, { resolution: "answered", answer: what }),
    );
}

async function list({ all, session, json }: ListOptions): Promise<void> {
  const cards = await withHelper(async (connection) => {
    const only = session === undefined ? undefined : await resolveSession(connection, session);
    return listCards(connection.request, { all: all === true, session: only });
  });
  const approvals = cards.filter(({ type }) => type !== "question");
  if (json === true) return printJson(approvals);
  if (approvals.length > 0) await write(listedCards(approvals));
  else print(cards.length === 0 ? "Nothing waits for you." : "No approval waits for you.");
  const questions = cards.filter(({ type, state }) => type === "question" && state === "pending").length;
  if (questions === 0) return;
  print(`\n${plural(questions, "question")} for you: ${programName(process.env)} questions`);
}

async function show(cardId: string, { json }: ListOptions): Promise<void> {
  const { card } = await withHelper((connection) => connection.request("card.show", { cardId }));
  if (json === true) printJson(card);
  else await write(wholeCard(card));
}
