import type { Command } from "commander";
import { exactly, plural } from "../present/quantity.ts";
import { runTable, zoneWords } from "../present/routine.ts";
import { answeredBy } from "./card-desk.ts";
import { usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples, wholeNumber } from "./options.ts";
import { print, printJson, say } from "./print.ts";
import { programName } from "./program-name.ts";
import { table } from "./table.ts";

type Json = { json?: boolean };
const RIGHT: ReadonlySet<string> = new Set(["TOOK", "TOKENS", "COST"]);

/** The verbs of `loopd routines` that are about runs. */
export function addRunVerbs(routines: Command): void {
  routines
    .command("run")
    .argument("<name>", "the routine")
    .description("Run a routine now, also a paused one.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd routines run brief"))
    .action(run);
  routines
    .command("cancel")
    .argument("<name>", "the routine")
    .description("Cancel its open run and those that wait to begin.")
    .option("--reason <text>", "why", "")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd routines cancel brief"))
    .action(cancel);
  routines
    .command("runs")
    .argument("[name]", "one routine (default: all)")
    .description("The ledger: what became of every slot, newest first.")
    .option("-n, --limit <n>", "how many lines", wholeNumber(1, 1_000), 50)
    .option("--before <time>", "only slots before this ISO time")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd routines runs brief", "loopd routines runs --json | jq '.[0]'"))
    .action(runs);
  routines
    .command("next")
    .argument("<name>", "the routine")
    .description("When a routine fires next. Nothing is run.")
    .option("--count <n>", "how many", wholeNumber(1, 1_000), 5)
    .option("--from <time>", "from this ISO time on (default: now)")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples("loopd routines next brief --count 10", "loopd routines next brief --from 2027-03-01"),
    )
    .action(next);
  routines
    .command("backfill")
    .argument("<name>", "the routine")
    .argument("<range>", "FROM..TO as ISO times or dates, both included")
    .argument("[to]", "TO, if FROM stands alone")
    .description("Run a routine for past slots that have no run, one after the other.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd routines backfill brief 2026-11-01..2026-11-07"))
    .action(backfill);
}

async function run(name: string, { json }: Json): Promise<void> {
  const begun = await withHelper((connection) => connection.request("routine.run", { name, by: answeredBy() }));
  if (json === true) return printJson(begun);
  print(
    `${name} runs in session ${begun.session}. Follow it with: ${programName(process.env)} turn wait ${begun.session}`,
  );
}

async function cancel(name: string, { reason, json }: Json & { reason: string }): Promise<void> {
  const params = { name, by: answeredBy(), why: reason };
  const { turns } = await withHelper((connection) => connection.request("routine.cancel", params));
  if (json === true) return printJson({ turns });
  print(turns.length === 0 ? `No run of ${name} was under way.` : `Cancelled the run of ${name}.`);
}

async function runs(name: string | undefined, { limit, before, json }: Json & { limit: number; before?: string }) {
  const params = { name, limit, before };
  const { runs: lines } = await withHelper((connection) => connection.request("routine.runs", params));
  if (json === true) return printJson(lines);
  if (lines.length === 0) return print("Nothing has been due yet.");
  const { heads, rows } = runTable(lines);
  const columns = heads.map((head) => ({ head, ...(RIGHT.has(head) ? { align: "right" as const } : {}) }));
  print(table(columns, rows));
  say(zoneWords());
}

async function next(name: string, { count, from, json }: Json & { count: number; from?: string }): Promise<void> {
  const { slots, firings } = await withHelper(async (connection) => {
    const { slots } = await connection.request("routine.next", { name, count, from });
    const shown = slots.length === 0 ? await connection.request("routine.show", { name }) : undefined;
    return { slots, firings: shown?.firings ?? [] };
  });
  if (json === true) return printJson(slots.map(({ scheduledFor }) => ({ scheduledFor })));
  print(slots.length === 0 ? firings.join("\n") : slots.map(({ words }) => words).join("\n"));
}

async function backfill(name: string, range: string, last: string | undefined, { json }: Json): Promise<void> {
  const [from = "", to = last] = range.split("..");
  if (from === "" || to === undefined || to === "") throw usage("Say from when to when: 2026-11-01..2026-11-07");
  const params = { name, from, to, by: answeredBy() };
  const { slots, left } = await withHelper((connection) => connection.request("routine.backfill", params));
  if (json === true) return printJson({ slots: slots.map((scheduledFor) => ({ scheduledFor })), left });
  const rest = left === 0 ? "" : ` ${exactly(left)} more are left; ask again for them.`;
  print(
    slots.length === 0
      ? `Every slot of that time has its run.${rest}`
      : `${name} runs for ${plural(slots.length, "slot")}, one after the other.${rest}`,
  );
}
