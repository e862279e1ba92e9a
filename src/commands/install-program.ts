import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { installLineSchema, type InstallResult, type InstallStep } from "../protocol/install.ts";
import type { HelperProgram } from "./start-helper.ts";

/**
 * Runs a verb of the program that installs loopd, as a child: faces know nothing of launchd/. What it says of its steps is
 * passed on as it comes; how it ended is the result, whatever happened.
 */
export async function runInstallProgram(
  { home, helperScript, node }: HelperProgram,
  words: readonly string[],
  onStep: (step: InstallStep) => void,
): Promise<InstallResult> {
  const script = join(dirname(helperScript), "install.mjs");
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", script, ...words], {
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

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
