import type { ToolContext } from "../../define-tool.ts";
import { findProgram } from "../../runner/find-program.ts";
import { runProcess } from "../../runner/run-process.ts";
import { startProgram } from "../../runner/start-program.ts";
import { plainLine } from "../../visible-text.ts";
import type { Ask, Desktop, DesktopCommand } from "./desktop.ts";
import { desktopOf } from "./desktop-of.ts";

/** Output that a program may have; the rest is dropped. */
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/** How it went. `why` is for people and models. */
export type DesktopEnd =
  | { type: "done"; output: Buffer }
  /** It ended with a failure of its own; `errors` is the first line that it said. */
  | { type: "failed"; why: string; errors: string }
  | { type: "unavailable"; why: string };

/** Does one thing on the desktop of this machine, with the first of the commands for it whose program is installed. */
export async function runDesktop(
  context: ToolContext,
  choose: (desktop: Desktop) => readonly DesktopCommand[],
): Promise<DesktopEnd> {
  const desktop = desktopOf(context);
  if (desktop === undefined) return { type: "unavailable", why: `loopd cannot do this on ${context.platform} yet.` };
  const commands = choose(desktop);
  for (const command of commands) {
    const file = await programOf(command, context.environment);
    if (file !== undefined) return run(command, file, desktop, context);
  }
  return { type: "unavailable", why: missingWords(commands, desktop) };
}

/** Path of a command's program; undefined where it is not installed. */
export async function programOf(
  { program, folder }: DesktopCommand,
  environment: ToolContext["environment"],
): Promise<string | undefined> {
  const found = await findProgram(program, environment);
  return found ?? (folder === undefined ? undefined : findProgram(program, { PATH: folder }));
}

/** Reads what a program tells about the desktop. */
export function askDesktop(context: ToolContext): Ask {
  return async (command) => {
    const end = await runDesktop(context, () => [command]);
    return end.type === "done" ? end.output.toString("utf8") : "";
  };
}

async function run(command: DesktopCommand, file: string, desktop: Desktop, context: ToolContext): Promise<DesktopEnd> {
  const { program, args, input, stays } = command;
  const { callId, signal, environment, home: folder } = context;
  const spawned = (pid: number, startTime: string) => context.spawned(pid, startTime);
  const request = { callId, signal, spawned, environment, file, args, folder, input, added: desktop.variables };
  if (stays) {
    const start = await startProgram(request);
    if (start.type === "running") return { type: "done", output: Buffer.alloc(0) };
    if (start.type === "aborted") return failed(`${program} was stopped.`);
    if (start.type === "not-started") return failed(`${program} could not be started: ${start.why}`);
    return endOf(program, start.code, "", Buffer.alloc(0));
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onOutput = (chunk: Buffer) => {
    const part = chunk.subarray(0, MAX_OUTPUT_BYTES - bytes);
    bytes += part.length;
    if (part.length > 0) chunks.push(part);
  };
  const end = await runProcess({ ...request, onOutput });
  if (end.type === "not-started") return failed(`${program} could not be started: ${end.why}`);
  if (end.isAborted) return failed(`${program} was stopped.`);
  return endOf(program, end.code, plainLine(end.errors, 300), Buffer.concat(chunks));
}

const failed = (why: string): DesktopEnd => ({ type: "failed", why, errors: "" });

function endOf(program: string, code: number | undefined, errors: string, output: Buffer): DesktopEnd {
  if (code === 0) return { type: "done", output };
  const said = errors === "" ? "" : ` It said: ${errors}`;
  const how = code === undefined ? "was ended by a signal" : `failed with exit code ${code}`;
  return { type: "failed", why: `${program} ${how}.${said}`, errors };
}

function missingWords(commands: readonly DesktopCommand[], { packages }: Desktop): string {
  if (commands.length === 0) return "This system has no place for it.";
  const programs = commands.map(({ program }) => program).join(" or ");
  const wanted = packages[commands[0]?.program ?? ""];
  const mend = wanted === undefined ? "" : ` The person can install it: sudo apt install ${wanted}`;
  return `This needs ${programs}, which is not installed, so nothing was done.${mend}`;
}
