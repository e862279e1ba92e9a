import type { Config } from "../../src/protocol/config.ts";
import type { Check } from "../../src/protocol/requests.ts";
import { ripgrepPath } from "../../src/tools/files/ripgrep.ts";
import { findProgram } from "../../src/tools/runner/find-program.ts";
import type { ToolWorld } from "../tool-world.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether commands can be kept in their place. */
export async function sandboxCheck({ sandbox }: Pick<ToolWorld, "sandbox">): Promise<Check> {
  const name = "sandbox";
  const status = await sandbox.status();
  if (status.isUsable) return { name, state: "ok", detail: status.detail };
  return { name, state: "warning", detail: `${status.why} Every command asks.`, mend: status.mend };
}

/** Names in the configuration that are no tool or group any more. */
export function listedCheck({ catalogue }: Pick<ToolWorld, "catalogue">, { tools }: Config): Check {
  const name = "tools";
  const rows = catalogue.rows();
  const known = new Set(rows.flatMap((row) => [row.name, row.group]));
  const unknown = (tools.listed ?? []).filter((one) => !known.has(one));
  if (unknown.length === 0) return { name, state: "ok", detail: `${rows.length} tools` };
  const detail = `tools.listed in config.json names what does not exist: ${unknown.join(", ")}.`;
  return { name, state: "warning", detail, mend: "loopd tools list" };
}

/** Connected servers that do not work. Starts none. */
export async function serverChecks({ servers }: Pick<ToolWorld, "servers">): Promise<Check[]> {
  const rows = await servers.status({ isStarting: false, signal: AbortSignal.timeout(3_000) });
  const failing = rows.filter((row) => row.state === "failed" || row.state === "waiting");
  if (failing.length === 0) return [{ name: "mcp", state: "ok", detail: `${rows.length} servers connected` }];
  return failing.map((row): Check => {
    const detail = `${row.name} does not work: ${row.lastError ?? "it said nothing"}`;
    return { name: "mcp", state: "failed", detail, mend: `loopd mcp status ${row.name}` };
  });
}

/** What tools on Linux are made of: one of these programs for each. macOS brings its own. */
const LINUX_PROGRAMS = [
  { name: "clipboard", programs: ["wl-copy", "xclip", "xsel"], install: "xclip" },
  { name: "notifications", programs: ["notify-send"], install: "libnotify-bin" },
  { name: "opening files", programs: ["xdg-open"], install: "xdg-utils" },
  { name: "pictures of windows", programs: ["maim", "scrot", "import", "grim"], install: "maim imagemagick" },
];

/** Programs of others that tools need. */
export async function programChecks(environment: Environment, platform: NodeJS.Platform): Promise<Check[]> {
  const ripgrep = await ripgrepPath(environment);
  const searching: Check =
    ripgrep === undefined
      ? {
          name: "ripgrep",
          state: "warning",
          detail: "Not found: files are searched slowly.",
          mend: "sudo apt install ripgrep",
        }
      : { name: "ripgrep", state: "ok", detail: ripgrep };
  if (platform !== "linux") return [searching];
  const others = LINUX_PROGRAMS.map(async ({ name, programs, install }): Promise<Check> => {
    const found = await Promise.all(programs.map((program) => findProgram(program, environment)));
    const path = found.find((one) => one !== undefined);
    if (path !== undefined) return { name, state: "ok", detail: path };
    return {
      name,
      state: "warning",
      detail: `None of ${programs.join(", ")} is installed.`,
      mend: `sudo apt install ${install}`,
    };
  });
  return [searching, ...(await Promise.all(others))];
}
