import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { LoopdError } from "../../src/protocol/errors.ts";
import { installLineSchema, type InstallResult } from "../../src/protocol/install.ts";
import type { Verb } from "./verb.ts";

/** Verbs that may take longer than whoever asks for them lives. */
const LONG: ReadonlySet<string> = new Set(["install", "uninstall"]);

/**
 * `detach VERB [--…]`: has a process of its own do it, which belongs to nobody as soon as this one has ended. Raycast ends a
 * view with everything that the view started. Resolves once that process has said something: with its end if that was all,
 * else with its `pid`; how it goes on is in the record. What goes wrong in a way of its own is in `logs/install.log`.
 */
export const detachVerb: Verb = async ({ place, words, tell }) => {
  const [verb = ""] = words;
  if (!LONG.has(verb)) throw new LoopdError("usage", `Only ${[...LONG].join(" and ")} can be detached.`);
  const complaints = openSync(join(place.home, "logs", "install.log"), "a", 0o600);
  const program = process.argv[1] ?? "";
  const child = spawn(process.execPath, [...process.execArgv, program, ...words], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", "pipe", complaints],
  });
  closeSync(complaints);
  const said = await firstLine(child);
  child.stdout?.destroy();
  child.unref();
  if (said === undefined) return silent(child);
  if ("result" in said) return said.result;
  tell(said);
  return { ok: true, pid: child.pid };
};

type Line = ReturnType<typeof installLineSchema.parse>;

/** What it says first; undefined if it ended without a word. By then it has begun its record. */
function firstLine(child: ChildProcess): Promise<Line | undefined> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(undefined));
    if (child.stdout === null) return resolve(undefined);
    const lines = createInterface({ input: child.stdout });
    lines.once("line", (line) => resolve(lineOf(line)));
    lines.once("close", () => resolve(undefined));
  });
}

function lineOf(text: string): Line | undefined {
  try {
    return installLineSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function silent({ exitCode, signalCode }: ChildProcess): InstallResult {
  const how = exitCode ?? signalCode;
  const message = `The installer ended at once${how === null ? "" : ` (${how})`}, before anything was changed. See why in logs/install.log of the home; then try again.`;
  return { ok: false, error: { code: "install-failed", message, reason: "cut-short" } };
}
