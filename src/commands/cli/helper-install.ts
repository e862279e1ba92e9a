import type { Command } from "commander";
import { exitCodeOf, isErrorCode, LoopdError } from "../../protocol/errors.ts";
import { type InstallResult, type InstallStep, type JobRow, jobRowSchema } from "../../protocol/install.ts";
import { runInstallProgram } from "../install-program.ts";
import { stepFinding } from "../present/install.ts";
import { isInstalled } from "../start-installed.ts";
import { ExitWith } from "./failure.ts";
import { findingWords } from "./finding.ts";
import { helperProgram } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print } from "./print.ts";

/** Adds `install` and `uninstall` to `loopd helper`. */
export function addInstall(helper: Command): void {
  helper
    .command("install")
    .description("Have the system start the helper at every login and keep it alive (launchd, or systemd for you).")
    .option("--force", "even if an older version than the installed one results")
    .option("--registry <url>", "download packages that are missing here from another registry")
    .option("--json", "print each step as a line of JSON")
    .addHelpText("after", examples("loopd helper install", "loopd helper install --json"))
    .action(install);

  helper
    .command("uninstall")
    .description("Undo it: jobs and programs go, the helper ends; your sessions, settings and keys stay.")
    .option("--json", "print each step as a line of JSON")
    .addHelpText("after", examples("loopd helper uninstall"))
    .action(uninstall);
}

async function install(options: { force?: boolean; registry?: string; json?: boolean }): Promise<void> {
  const force = options.force === true ? ["--force"] : [];
  const registry = options.registry === undefined ? [] : ["--registry", options.registry];
  const result = await showSteps(["install", ...force, ...registry], options);
  if (options.json === true || "handedOff" in result) return;
  print(
    `loopd ${String(result.version)} is installed: it starts at every login and comes back by itself (process ${String(result.pid)}).`,
  );
  print("See how it stands: loopd helper status. Take it off again: loopd helper uninstall");
}

async function uninstall(options: { json?: boolean }): Promise<void> {
  await showSteps(["uninstall"], options);
  if (options.json === true) return;
  print(
    `loopd is uninstalled. What is yours stays in ${helperProgram().home}; remove that folder to be rid of it too.`,
  );
}

/** Shows steps as they happen, and throws if the last of them failed. */
async function showSteps(words: readonly string[], { json }: { json?: boolean }): Promise<InstallResult> {
  const say = (line: InstallStep | { result: InstallResult }) => process.stdout.write(`${JSON.stringify(line)}\n`);
  let hasSaid = false;
  const result = await runInstallProgram(helperProgram(), words, (step) => {
    hasSaid = step.state === "failed";
    const finding = stepFinding(step);
    if (json === true) say(step);
    else if (finding !== undefined) print(findingWords(finding));
  });
  if (json === true) say({ result });
  if (result.ok) return result;
  const { code = "install-failed", message = "" } = result.error ?? {};
  if (json === true || hasSaid) throw new ExitWith(exitCodeOf(code));
  throw new LoopdError(isErrorCode(code) ? code : "install-failed", message);
}

/** How the jobs of this home stand; undefined where nothing is installed. */
export async function installedJobs(): Promise<JobRow[] | undefined> {
  const program = helperProgram();
  if (!(await isInstalled(program.home))) return undefined;
  const { ok, error, jobs } = await runInstallProgram(program, ["status"], () => {});
  if (ok) return jobRowSchema.array().parse(jobs);
  throw new LoopdError("install-failed", error?.message ?? "It is not known what is installed.");
}
