import type { Command } from "commander";
import { allRoutines } from "../../protocol/all-routines.ts";
import type { ResultOf } from "../../protocol/requests.ts";
import { routineCells, ROUTINE_HEADS, routineWords, zoneWords } from "../present/routine.ts";
import { answeredBy } from "./card-desk.ts";
import { usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { commaList, examples } from "./options.ts";
import { print, printJson, say } from "./print.ts";
import { programName, standingFolder } from "./program-name.ts";
import { addRoutineOptions, routineChanges, type RoutineFlags, scheduleFrom } from "./routine-options.ts";
import { addRunVerbs } from "./routine-runs.ts";
import { table } from "./table.ts";

type Json = { json?: boolean };
type Shown = ResultOf<"routine.show">;

/** `loopd routines`: what loopd does by itself, when, and what became of it. */
export function addRoutines(program: Command): void {
  const routines = program
    .command("routines")
    .description("Have loopd do something at a time, at intervals, or when something happens.")
    .addHelpText(
      "after",
      examples(
        'loopd routines add brief --when "weekdays at 9:00" --prompt "What changed in this folder since yesterday?"',
        "loopd routines list",
        "loopd routines next brief",
        "loopd routines runs brief",
      ),
    );

  routines
    .command("list")
    .description("Every routine, when it comes next, and how it went last.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd routines list --json"))
    .action(list);
  routines
    .command("show")
    .argument("<name>", "the routine")
    .description("One routine with its next five firings.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd routines show brief"))
    .action(async (name: string, { json }: Json) =>
      report(await withHelper((connection) => connection.request("routine.show", { name })), json),
    );
  addRoutineOptions(routines.command("add").argument("<name>", "what to call it"))
    .description("Add a routine. Its next five firings are shown.")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        'loopd routines add brief --cron "30 8 * * mon-fri" --zone Europe/Berlin --prompt "Write the brief."',
        'loopd routines add tidy --every 6h --prompt "Tidy the inbox" --tools files_list,files_read --budget steps=10',
        'loopd routines add invoices --on "file:~/Downloads/*.pdf" --prompt "File new invoices" --approvals deny',
      ),
    )
    .action(add);
  addRoutineOptions(routines.command("edit").argument("<name>", "the routine"))
    .description("Change a routine; what is not named stays. A run that is under way goes on as it began.")
    .option("--unset <a,b>", "no longer these, such as tools,note or env.KEY", commaList)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples('loopd routines edit brief --at "tomorrow 15:00"', "loopd routines edit brief --catch-up all"),
    )
    .action(edit);
  routines
    .command("remove")
    .argument("<name>", "the routine")
    .description("Take a routine away; its runs stay in the ledger and in their sessions.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd routines remove brief"))
    .action(remove);
  routines
    .command("pause")
    .argument("<name>", "the routine")
    .description("Let a routine rest; the slots of that time count as missed.")
    .option("--reason <text>", "why", "")
    .option("--json", "print JSON")
    .addHelpText("after", examples('loopd routines pause brief --reason "on holiday"'))
    .action(async (name: string, { reason, json }: Json & { reason: string }) => {
      const params = { name, why: reason, by: answeredBy() };
      report(await withHelper((connection) => connection.request("routine.pause", params)), json);
    });
  routines
    .command("resume")
    .argument("[name...]", "the routines")
    .description("Let paused routines go on.")
    .option("--all", "every routine")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd routines resume brief", "loopd routines resume --all"))
    .action(resume);
  addRunVerbs(routines);
}

function report(shown: Shown, json: boolean | undefined): void {
  if (json === true) printJson({ ...shown.routine, firings: shown.firings });
  else print(routineWords(shown));
}

async function list({ json }: Json): Promise<void> {
  const routines = await withHelper((connection) => allRoutines(connection.request));
  if (json === true) return printJson(routines);
  if (routines.length === 0) {
    return print(
      `There are no routines. Add one: ${programName(process.env)} routines add NAME --when "daily at 9:00" --prompt TEXT`,
    );
  }
  const columns = ROUTINE_HEADS.map((head) => ({ head }));
  print(table(columns, routines.map(routineCells)));
  say(zoneWords());
}

async function add(name: string, flags: RoutineFlags & Json): Promise<void> {
  const schedule = scheduleFrom(flags);
  if (schedule === undefined) throw usage("Say when it runs: --when, --cron, --every, --at or --on.");
  const { prompt, endpoint, model, window, ...changes } = routineChanges(flags);
  if (prompt === undefined) throw usage("Say what it asks: --prompt TEXT.");
  const workspace = changes.workspace ?? standingFolder(process.env, process.cwd());
  const places = { endpoint: endpoint ?? undefined, model: model ?? undefined, window: window ?? undefined };
  const params = { ...changes, ...places, name, prompt, workspace, schedule, zone: zoneOf(flags), by: answeredBy() };
  report(await withHelper((connection) => connection.request("routine.add", params)), flags.json);
}

async function edit(name: string, flags: RoutineFlags & Json): Promise<void> {
  const changes = routineChanges(flags);
  const schedule = scheduleFrom(flags);
  const isEmpty = Object.values(changes).every((value) => value === undefined);
  if (isEmpty && schedule === undefined) throw usage("Say what to change. See loopd routines edit --help.");
  const params = { name, changes, schedule, zone: zoneOf(flags), by: answeredBy() };
  report(await withHelper((connection) => connection.request("routine.edit", params)), flags.json);
}

/** What "9:00" means here, wherever the helper was started. */
function zoneOf({ zone }: RoutineFlags): string {
  return zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

async function remove(name: string, { json }: Json): Promise<void> {
  await withHelper((connection) => connection.request("routine.remove", { name, by: answeredBy() }));
  if (json === true) return printJson({ removed: name });
  print(`Removed ${name}.`);
}

async function resume(names: string[], { all, json }: Json & { all?: boolean }): Promise<void> {
  if ((all === true) === names.length > 0) throw usage("Name the routines to resume, or say --all.");
  const shown = await withHelper(async (connection) => {
    const listed = all === true ? await allRoutines(connection.request) : [];
    const paused = listed.flatMap((row) => (row.paused === undefined ? [] : [row.name]));
    const resumed: Shown[] = [];
    for (const name of [...names, ...paused])
      resumed.push(await connection.request("routine.resume", { name, by: answeredBy() }));
    return resumed;
  });
  if (json === true) return printJson(shown.map(({ routine, firings }) => ({ ...routine, firings })));
  if (shown.length === 0) say("No routine was paused.");
  for (const one of shown) print(routineWords(one));
}
