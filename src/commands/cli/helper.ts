import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Command } from "commander";
import { asLoopdError, LoopdError } from "../../protocol/errors.ts";
import { NODE_FLAGS } from "../../protocol/node-flags.ts";
import type { HelperStatus } from "../../protocol/requests.ts";
import { jobWords } from "../present/install.ts";
import { byteSize, duration, plural } from "../present/quantity.ts";
import { oneLine } from "../present/terminal-text.ts";
import { helperEnvironment } from "../start-helper.ts";
import { stopHelper, stopOutdated } from "../stop-helper.ts";
import { addDoctor } from "./doctor.ts";
import { ExitWith } from "./failure.ts";
import { helperProgram, openForCli, withHelper } from "./helper-access.ts";
import { addInstall, installedJobs } from "./helper-install.ts";
import { showLog } from "./helper-log.ts";
import { examples, wholeNumber } from "./options.ts";
import { print, printJson } from "./print.ts";
import { programName } from "./program-name.ts";

/** `loopd helper`: the process that does the work. */
export function addHelper(program: Command): void {
  const helper = program
    .command("helper")
    .description("Start, stop and look after the process that does the work.")
    .addHelpText("after", examples("loopd helper status", "loopd helper logs --follow"));

  helper
    .command("start")
    .description("Start the helper, unless it runs.")
    .addHelpText(
      "after",
      examples("loopd helper start", "LOOPD_HOME=/tmp/try loopd helper start   # another home, another helper"),
    )
    .action(start);

  helper
    .command("stop")
    .description("Stop the helper. Open turns stay open and go on when it starts again.")
    .addHelpText("after", examples("loopd helper stop"))
    .action(stop);

  helper
    .command("status")
    .description("Show the running helper; exit code 4 if there is none. Starts nothing.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd helper status", "loopd helper status --json"))
    .action(status);

  helper
    .command("run")
    .description("Run the helper in this terminal, for a supervisor or to see it fail.")
    .addHelpText("after", examples("loopd helper run"))
    .action(run);

  helper
    .command("logs")
    .description("Print the helper's log, which is for mending it; what turns do is in loopd trace show.")
    .option("-n, --lines <n>", "how many lines", wholeNumber(0, 1_000_000), 50)
    .option("-f, --follow", "go on with new lines as they come")
    .option("--json", "print the lines as they stand in the file")
    .addHelpText("after", examples("loopd helper logs -n 200", "loopd helper logs --follow"))
    .action((options: { lines: number; follow?: boolean; json?: boolean }) => showLog(helperProgram().home, options));

  addInstall(helper);
  addDoctor(helper);
}

async function start(): Promise<void> {
  await withHelper(async ({ hello }) =>
    print(`The helper runs: process ${hello.pid}, version ${hello.version}, home ${hello.home}`),
  );
}

async function stop(): Promise<void> {
  try {
    const connection = await openForCli(() => {}, "never");
    await stopHelper(connection);
    print(`The helper (process ${connection.hello.pid}) has stopped.`);
  } catch (thrown) {
    const { code } = asLoopdError(thrown);
    if (code === "helper-unreachable") return print("No helper runs.");
    if (code !== "helper-outdated") throw thrown;
    await stopOutdated({ home: helperProgram().home, client: "cli" });
    print("The helper, which was of another version, has stopped.");
  }
}

async function status({ json }: { json?: boolean }): Promise<void> {
  const connection = await openForCli(() => {}, "never").catch(async (thrown: unknown) => {
    const error = asLoopdError(thrown);
    if (error.code !== "helper-unreachable") throw error;
    const { home } = helperProgram();
    const jobs = ((await installedJobs()) ?? []).map((job) => ` ${jobWords(job)}`).join("");
    const message = `No helper runs for ${home}.${jobs} Start it with: ${programName(process.env)} helper start`;
    throw new LoopdError("helper-unreachable", message, { cause: error });
  });
  const row = await connection.request("helper.status", { disk: true });
  connection.close();
  const jobs = await installedJobs();
  if (json === true) return printJson({ ...row, ...(jobs === undefined ? {} : { jobs }) });
  print(`The helper runs: process ${row.pid}, version ${row.version}, protocol ${row.protocolVersion}`);
  print(`  home       ${row.home}`);
  print(`  up         ${duration(row.uptimeMs)}, ${byteSize(row.rssBytes)} of memory`);
  print(`  turns      ${row.runningTurns} running`);
  print(
    `  waiting    ${plural(row.pendingApprovals, "approval")} and ${plural(row.pendingQuestions, "question")} for you`,
  );
  print(`  endpoint   ${row.endpoint}`);
  if (row.disk !== undefined) print(`  disk       ${diskWords(row.disk)}`);
  if (row.screen !== undefined) print(`  screen     ${screenWords(row.screen)}`);
  if (row.nextRun !== undefined) print(`  next run   ${row.nextRun}`);
  print(
    `  installed  ${jobs?.map(jobWords).join("\n             ") ?? "no: with loopd helper install it starts at every login"}`,
  );
}

/** What the home takes. */
function diskWords({ database, free, blobs, logs, copies }: NonNullable<HelperStatus["disk"]>): string {
  const unused = free > 0 ? ` (${byteSize(free)} of it free for more)` : "";
  const beside = copies > 0 ? `, copies of the database ${byteSize(copies)}` : "";
  return `${byteSize(database)} of trace${unused}, ${byteSize(blobs)} of stored outputs, ${byteSize(logs)} of logs${beside}`;
}

/** The process that looks at the screen: it runs only while somebody looks. */
function screenWords({ state, pid, starts, lastEnd }: NonNullable<HelperStatus["screen"]>): string {
  const now = { running: `read by process ${pid}`, "not-started": "not read now", unavailable: "cannot be read now" }[
    state
  ];
  const often = starts > 1 ? `, started ${starts} times` : "";
  return `${now}${often}${lastEnd === undefined ? "" : `; it last ended because: ${oneLine(lastEnd, 200)}`}`;
}

/** Stays in front until the helper ends, and ends as it ends. */
async function run(): Promise<void> {
  const { home, helperScript, node } = helperProgram();
  const child = spawn(node, [...NODE_FLAGS, helperScript], {
    stdio: "inherit",
    env: helperEnvironment(process.env, home),
  });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGTERM", pass);
  process.on("SIGHUP", pass);
  // The terminal gives Ctrl-C to the helper itself; this process only waits.
  process.on("SIGINT", () => {});
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
  throw new ExitWith(exitCode);
}
