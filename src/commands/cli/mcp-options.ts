import { resolve } from "node:path";
import type { McpServerConfig } from "../../protocol/config.ts";
import { usage } from "./failure.ts";

/** The flags of `loopd mcp add` that describe a server. */
export interface ServerFlags {
  command?: string;
  arg?: string[];
  env?: Record<string, string>;
  cwd?: string;
  url?: string;
  header?: Record<string, string>;
  type?: McpServerConfig["type"];
  timeLimit?: string;
  trust?: boolean;
  listed?: boolean;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Parses `NAME=value`. @throws LoopdError `usage`, which does not repeat the value: it may be a secret */
export function keyAndValue(flag: string, text: string): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw usage(`${flag} takes NAME=value.`);
  return { [text.slice(0, at).trim()]: text.slice(at + 1).trim() };
}

/**
 * The entry that the flags describe, with only what they name. `isPartial`: they add to an entry of a file.
 * @throws LoopdError `usage`
 */
export function entryOf(flags: ServerFlags & { isPartial?: boolean }): Partial<McpServerConfig> {
  const { command, arg = [], env, cwd, url, header, type, timeLimit, trust, listed, isPartial } = flags;
  if (isPartial !== true && (command === undefined) === (url === undefined))
    throw usage("Say what to start with --command, or where it runs with --url; one of the two.");
  if (url !== undefined && (arg.length > 0 || env !== undefined || cwd !== undefined))
    throw usage("--arg, --env and --cwd belong to --command, not to --url.");
  if (command !== undefined && header !== undefined) throw usage("--header belongs to --url, not to --command.");
  const timeLimitMs = timeLimit === undefined ? undefined : milliseconds(timeLimit);
  const args = arg.length === 0 ? undefined : arg;
  const folder = cwd === undefined ? undefined : resolve(cwd);
  const all = { command, args, env, cwd: folder, url, headers: header, type, timeLimitMs, trust, listed };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function milliseconds(text: string): number {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const value = Math.round(Number(amount) * (UNITS[unit] ?? 1000));
  if (value >= 10 && value <= 86_400_000) return value;
  throw usage("--time-limit takes a time from 10ms to 24h, such as 30s or 5m.");
}
