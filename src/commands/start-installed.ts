import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isErrorCode, LoopdError } from "../protocol/errors.ts";
import { runInstallProgram } from "./install-program.ts";

/** Whether the system keeps the helper of a home, so that nobody else may start it. */
export async function isInstalled(home: string): Promise<boolean> {
  try {
    const text = await readFile(join(home, "launchd", "installed.json"), "utf8");
    const { jobs } = JSON.parse(text) as { jobs: Record<string, string> };
    return Object.keys(jobs).some((label) => label.startsWith("dev.loopd.helper"));
  } catch {
    // There is no such record, or none that a system could have been given.
    return false;
  }
}

/**
 * Has the system start the installed helper of a home, and resolves once it serves. The installed program knows how.
 * @throws LoopdError with the helper's own code and message where it cannot start; `helper-unreachable` with the system's
 * words and what to do where the system does not start it.
 */
export async function startInstalled(home: string): Promise<void> {
  const node = join(home, "bin", "node");
  const helperScript = join(home, "helper", "current", "helper.mjs");
  for (const path of [node, helperScript]) {
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (!isThere) throw damaged(path);
  }
  const { ok, error } = await runInstallProgram({ home, helperScript, node }, ["start"], () => {});
  if (ok) return;
  const { code = "", message = "It did not say why.", mend } = error ?? {};
  const isOwn = isErrorCode(code) && code !== "install-failed" && code !== "internal";
  const advice = mend === undefined ? "" : ` Mend it with: ${mend}`;
  throw new LoopdError(isOwn ? code : "helper-unreachable", `${message}${advice}`);
}

function damaged(path: string): LoopdError {
  const message = `loopd is installed here, but ${path} is gone, so the system cannot start the helper. Install it again with: loopd helper install`;
  return new LoopdError("helper-unreachable", message);
}
