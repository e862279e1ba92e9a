import { access, constants, open } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { defineTool, type ToolContext } from "../define-tool.ts";
import { findProgram } from "../runner/find-program.ts";
import { visibleName } from "../visible-text.ts";
import type { Desktop, DesktopCommand } from "./platform/desktop.ts";
import { desktopOf } from "./platform/desktop-of.ts";

const input = z.object({});

/** Says what this machine lets loopd do, and how a person changes that. Only looks, and at nothing that would ask. */
export const permissionsCheck = defineTool<z.output<typeof input>>({
  name: "permissions_check",
  group: "system",
  effect: "state",
  isIdempotent: true,
  timeLimit: "internal",
  description: "Check what this machine lets loopd do, and how to change it.",
  input,
  examples: [{}],
  async run(_input, context) {
    const desktop = desktopOf(context);
    const lines = [
      `workspace: ${await workspaceWords(context)}`,
      ...(context.platform === "darwin" ? [`files: ${await fullDiskWords(context)}`] : []),
      `sandbox: ${await sandboxWords(context)}`,
      `notifications: ${await programWords(context, desktop, (one) => one.notify("", ""))}`,
      `speech: ${await programWords(context, desktop, (one) => one.speak("", undefined))}`,
      `clipboard: ${await programWords(context, desktop, (one) => one.readClipboard())}`,
      "screen, accessibility, automation: not built into this version yet",
    ];
    return { text: lines.join("\n") };
  },
});

async function workspaceWords({ workspace }: ToolContext): Promise<string> {
  const name = visibleName(workspace);
  const can = (mode: number) =>
    access(workspace, mode).then(
      () => true,
      () => false,
    );
  if (await can(constants.R_OK | constants.W_OK)) return `${name} can be read and written`;
  if (await can(constants.R_OK)) return `${name} can only be read; the person can change its permissions`;
  return `${name} cannot be read; the person can change its permissions or choose another folder`;
}

/** This file tells without asking: it opens only for programs that may read everything. Nothing of it is read. */
async function fullDiskWords({ home }: ToolContext): Promise<string> {
  const file = await open(join(home, "Library/Application Support/com.apple.TCC/TCC.db")).catch(() => undefined);
  await file?.close();
  if (file !== undefined) return "macOS lets loopd read all folders (Full Disk Access)";
  return "macOS asks the person the first time for Desktop, Documents, Downloads and other programs' folders; Full Disk Access is off (permissions_request files)";
}

async function sandboxWords({ sandbox }: ToolContext): Promise<string> {
  const status = await sandbox.status();
  if (status.isUsable) return `works: ${status.detail}`;
  return `not usable, so every command asks. ${status.why}${status.mend === undefined ? "" : ` To change that: ${status.mend}`}`;
}

async function programWords(
  { environment, platform }: ToolContext,
  desktop: Desktop | undefined,
  choose: (desktop: Desktop) => readonly DesktopCommand[],
): Promise<string> {
  if (desktop === undefined) return `not on ${platform} yet`;
  const commands = choose(desktop);
  for (const { program } of commands) {
    if ((await findProgram(program, environment)) !== undefined) return `works with ${program}`;
  }
  const first = commands[0]?.program ?? "";
  const wanted = desktop.packages[first] ?? first;
  return `needs ${commands.map(({ program }) => program).join(" or ")}. To change that: install ${wanted}`;
}
