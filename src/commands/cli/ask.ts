import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { type Command, Option } from "commander";
import { LoopdError } from "../../protocol/errors.ts";
import type { TurnRequest } from "../../protocol/requests.ts";
import { attachmentsOf } from "../attachments.ts";
import { attendTurn } from "./attend-turn.ts";
import { offerDetected } from "./endpoint-detect.ts";
import { unsavedEndpoint } from "./endpoint-options.ts";
import { ExitWith, usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { commaList, examples, several } from "./options.ts";
import { addOverrideOptions, type OverrideFlags, overridesFrom } from "./override-options.ts";
import { say } from "./print.ts";
import { programName, standingFolder } from "./program-name.ts";
import { promptText } from "./prompt-text.ts";
import { resolveSession } from "./resolve-session.ts";

interface AskOptions extends OverrideFlags {
  session?: string;
  yes?: boolean;
  wait: boolean;
  detach?: boolean;
  json?: boolean;
  workspace?: string;
  attach?: string[];
}

/** `loopd ask`: one turn, from the prompt to its end. */
export function addAsk(program: Command): void {
  const command = program.command("ask").argument("[text...]", "the prompt; - or nothing reads it from standard input");
  command
    .description("Ask a question; the model works with your files and asks before it acts.")
    .option("-s, --session <id>", "go on in this session (the beginning of its id is enough)")
    .addOption(new Option("--new", "begin a new session (the default)").conflicts("session"));
  addOverrideOptions(command, "for this turn")
    .option("--unset <a,b>", "not what the session sets, such as tools,note or env.KEY, for this turn", commaList)
    .option("--attach <file>", "give it a text or an image; may be repeated", several)
    .option("-y, --yes", "approve what the rules would ask about, for this turn; denies and warnings still stand")
    .addOption(new Option("--no-wait", "leave with exit code 3 when a person has to answer"))
    .addOption(new Option("-d, --detach", "print session and turn, and leave at once").conflicts("wait"))
    .option("--json", "print entries and deltas, one JSON value per line")
    .option("-w, --workspace <folder>", "the folder to work in, for a new session (default: this one)")
    .addHelpText(
      "after",
      examples(
        'loopd ask "Which files under this folder are the largest?"',
        'loopd ask --session s3k9 "And which of them can go?"',
        'git diff | loopd ask - --note "Review what stands on standard input"',
        'loopd ask --attach invoice.txt --attach photo.png "Do these two agree?"',
        'loopd ask --schema totals.json "Add up the invoices in this folder" > totals',
        'loopd ask --json --no-wait "Run the tests" | jq -c .kind',
      ) +
        "\n\nCtrl-C leaves the turn running (exit 0, or 3 if it waits for you); Ctrl-C again within 1.5 s cancels it (130)." +
        "\nExit codes: 0 done, 1 failed, 2 wrong call, 3 left waiting for a person, 4 no helper, 5 endpoint failed.",
    )
    .action(ask);
}

async function ask(words: string[], options: AskOptions): Promise<void> {
  const request = await turnRequest(words, options);
  const isChosen = [request.session, request.endpoint, request.unsaved].some((choice) => choice !== undefined);
  const isWatched = options.wait && options.detach !== true && options.json !== true;
  if (!isChosen) await offerDetected(isWatched ? "ask" : "tell");
  if (options.detach === true) return submit(request);
  const output = options.json === true ? "json" : options.schema === undefined ? "answer" : "value";
  throw new ExitWith(
    await attendTurn({ type: "submit", request }, { output, onCard: options.wait ? "wait" : "leave" }),
  );
}

async function submit(request: TurnRequest): Promise<void> {
  const { session, turn } = await withHelper((connection) => connection.request("turn.submit", request));
  process.stdout.write(`${JSON.stringify({ session, turn })}\n`);
  say(`Follow it with: ${programName(process.env)} turn wait ${session}`);
}

async function turnRequest(words: readonly string[], options: AskOptions): Promise<TurnRequest> {
  const { endpoint, model, ...overrides } = overridesFrom(options);
  if (options.session !== undefined && options.workspace !== undefined) {
    throw usage("--workspace is for a new session; this one keeps its folder. Leave out --workspace or --session.");
  }
  const unsaved = typeof endpoint === "string" ? undefined : unsavedEndpoint(process.env, model ?? undefined);
  const given = options.session;
  const place =
    given === undefined
      ? { workspace: workspaceOf(options.workspace) }
      : { session: await withHelper((connection) => resolveSession(connection, given)) };
  const files = options.attach ?? [];
  const attachments = files.length === 0 ? undefined : await attachmentsOf(files, hereFolder());
  const input = await promptText(words);
  return {
    ...{ requestId: randomUUID(), input, ...place, endpoint, model, unsaved, attachments },
    overrides: { ...overrides, yes: options.yes },
  };
}

function workspaceOf(given: string | undefined): string {
  const folder = given !== undefined && isAbsolute(given) ? given : resolve(hereFolder(), given ?? ".");
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  throw new LoopdError("workspace-missing", `There is no folder ${folder} to work in. Name another with --workspace.`);
}

function hereFolder(): string {
  try {
    return standingFolder(process.env, process.cwd());
  } catch (cause) {
    const message = "The folder that this terminal stands in is gone. Change to another, or name one with --workspace.";
    throw new LoopdError("workspace-missing", message, { cause });
  }
}
