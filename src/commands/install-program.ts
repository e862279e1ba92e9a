import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { installLineSchema, type InstallResult, type InstallStep } from "../protocol/install.ts";
import type { Check } from "../protocol/requests.ts";
import { checkSchema } from "../protocol/rows.ts";
import type { HelperProgram } from "./start-helper.ts";

/** A program that installs, and what becomes of it when its caller is ended. */
interface InstallProgram extends HelperProgram {
  /** `own`: it goes on when its caller is ended with all its processes, as Raycast ends a view. */
  group?: "own";
}

/**
 * Runs a verb of the program that installs loopd, as a child: faces know nothing of launchd/. What it says of its steps is
 * passed on as it comes; how it ended is the result, whatever happened.
 */
export async function runInstallProgram(
  { home, helperScript, node, group }: InstallProgram,
  words: readonly string[],
  onStep: (step: InstallStep) => void,
): Promise<InstallResult> {
  const script = join(dirname(helperScript), "install.mjs");
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", script, ...words], {
    detached: group === "own",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LOOPD_HOME: home },
  });
  let result: InstallResult | undefined;
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints = `${complaints}${text}`.slice(-2000)));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const parsed = installLineSchema.safeParse(jsonOf(line));
    if (!parsed.success) return;
    if ("result" in parsed.data) result = parsed.data.result;
    else onStep(parsed.data);
  });
  const ending = await new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(`it ended with ${code ?? signal}`));
  });
  if (result !== undefined) return result;
  const why = complaints.trim() === "" ? ending : `${ending}: ${complaints.trim()}`;
  const message = `The program that installs loopd (${node} ${script}) was cut short: ${why}. What it had begun is completed by: loopd helper install`;
  return { ok: false, error: { code: "install-failed", message, mend: "loopd helper install", reason: "cut-short" } };
}

/** One finding per step of an installation; that it could not be looked at is one, too. */
export async function installationChecks(program: HelperProgram): Promise<Check[]> {
  const { ok, error, checks } = await runInstallProgram(program, ["check"], () => {});
  if (ok) return checkSchema.array().parse(checks);
  return [{ name: "installation", state: "failed", detail: error?.message ?? "", mend: "loopd helper install" }];
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
