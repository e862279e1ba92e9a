import { access, constants, open } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { Problem } from "../../ax-helper/problem.ts";
import { defineTool, type ToolContext } from "../define-tool.ts";
import { plainLine, visibleName } from "../visible-text.ts";
import type { Desktop, DesktopCommand } from "./platform/desktop.ts";
import { desktopOf } from "./platform/desktop-of.ts";
import { programOf } from "./platform/run-desktop.ts";

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
      `accessibility: ${await accessibilityWords(context)}`,
      `pictures of the screen: ${await pictureWords(context, desktop)}`,
      ...(context.platform === "darwin" ? [`automation: ${AUTOMATION}`] : []),
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

/** Only looks: a person is asked by permissions_request, never by this. */
async function accessibilityWords({ screen, signal, platform }: ToolContext): Promise<string> {
  const found = await screen.trust("look", signal);
  const how = plainLine(found instanceof Problem ? found.message : found.how, 400);
  if (!(found instanceof Problem) && found.trusted) return "windows can be read and operated";
  const next = platform === "darwin" || platform === "linux" ? " (permissions_request accessibility)" : "";
  return `windows cannot be read. ${how}${next}`;
}

async function pictureWords(context: ToolContext, desktop: Desktop | undefined): Promise<string> {
  const works = await programWords(context, desktop, (one) => one.takePicture([0, 0, 1, 1], ""));
  return context.platform === "darwin" ? `${works}; ${RECORDING}` : works;
}

const RECORDING =
  "macOS asks the person the first time, and until it is given shows only the desktop (permissions_request screen)";
const AUTOMATION =
  "macOS asks the person for each program that a script controls; reading and operating windows does not need it";

async function programWords(
  { environment, platform }: ToolContext,
  desktop: Desktop | undefined,
  choose: (desktop: Desktop) => readonly DesktopCommand[],
): Promise<string> {
  if (desktop === undefined) return `not on ${platform} yet`;
  const commands = choose(desktop);
  for (const command of commands) {
    if ((await programOf(command, environment)) !== undefined) return `works with ${command.program}`;
  }
  const first = commands[0]?.program ?? "";
  const wanted = desktop.packages[first] ?? first;
  return `needs ${commands.map(({ program }) => program).join(" or ")}. To change that: install ${wanted}`;
}
