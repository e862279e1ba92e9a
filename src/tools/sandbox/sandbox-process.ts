import { mkdirSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { FilesystemPathEntry, SandboxRuntimeConfig } from "@anthropic-ai/sandbox-runtime";
import { escapePaths } from "./escape-paths.ts";

/*
 * A program of its own, which alone loads the sandbox package and holds its proxies. It stays in its private folder: the
 * package protects files of the working directory, with a device in place of each that is absent, which git cannot add.
 * It lives as long as the helper's end of the channel.
 *   sandbox-process FOLDER RIPGREP     a private folder for its own files, and a ripgrep
 */

/** What the helper asks for. */
export type SandboxOrder =
  | {
      type: "wrap";
      id: number;
      line: string;
      writable?: string;
      /** Private folder for temporary files of the command. */
      temporary: string;
      denyRead: string[];
      denyWrite: string[];
      domains: string[];
    }
  | { type: "release"; id: number };

/** What this program answers. */
export type SandboxAnswer =
  | { type: "ready" }
  | { type: "failed"; why: string }
  | { type: "wrapped"; id: number; argv: string[] }
  | { type: "refused"; id: number; why: string }
  | { type: "released"; id: number; refusedHosts: string[] };

/** Addresses that a granted name must not turn out to be; a grant can name such an address itself. */
const PRIVATE_ADDRESSES = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "198.18.0.0/15",
  "fc00::/7",
];

const [, , folder = "", ripgrep = ""] = process.argv;
mkdirSync(folder, { mode: 0o700 });
// The package makes folders of the home folder writable for everybody, and keeps its sockets with the temporary files.
process.env["HOME"] = folder;
process.env["TMPDIR"] = folder;
process.chdir(folder);

const { SandboxManager } = await import("@anthropic-ai/sandbox-runtime");
const commandIds = new Map<number, string>();
let queue = Promise.resolve();

process.on("disconnect", () => void end());
process.on("message", (order: SandboxOrder) => {
  // One after the other: the package takes the temporary folder from this process's environment.
  queue = queue.then(() => perform(order));
});
try {
  await SandboxManager.initialize({
    network: { allowedDomains: [], deniedDomains: [], deniedResolvedAddresses: PRIVATE_ADDRESSES },
    filesystem: { denyRead: [], allowWrite: [], denyWrite: [] },
    ripgrep: { command: ripgrep },
  });
  tell({ type: "ready" });
} catch (thrown) {
  tell({ type: "failed", why: messageOf(thrown) });
}

async function perform(order: SandboxOrder): Promise<void> {
  const { id } = order;
  if (order.type === "release") return tell({ type: "released", id, refusedHosts: release(id) });
  try {
    tell({ type: "wrapped", id, argv: await wrap(order) });
  } catch (thrown) {
    tell({ type: "refused", id, why: messageOf(thrown) });
  }
}

async function wrap(order: Extract<SandboxOrder, { type: "wrap" }>): Promise<string[]> {
  const { id, line, writable, temporary, denyRead, domains } = order;
  process.env["CLAUDE_CODE_TMPDIR"] = temporary;
  const allowWrite = [temporary, ...(writable === undefined ? [] : [writable])].map(literal);
  const escapes = writable === undefined ? [] : await escapePaths(writable, ripgrep);
  const denyWrite = [...escapes, ...ownFolders(), ...order.denyWrite].map(literal);
  // Its own programs run inside, wherever rules close the folder that holds them.
  const allowRead = [packageFolder()].map(literal);
  const filesystem = { denyRead: denyRead.map(literal), allowRead, allowWrite, denyWrite };
  const limits: Partial<SandboxRuntimeConfig> = { filesystem };
  // The name by which a connection gets its command's hosts, so nobody may guess it.
  const commandId = randomBytes(24).toString("base64url");
  SandboxManager.registerCommandNetworkLists(commandId, { allowedDomains: domains });
  try {
    const { argv } = await SandboxManager.wrapWithSandboxArgv(line, "/bin/sh", limits, undefined, undefined, {
      commandId,
    });
    commandIds.set(id, commandId);
    return argv;
  } catch (thrown) {
    SandboxManager.unregisterCommandNetworkLists(commandId);
    throw thrown;
  }
}

function release(id: number): string[] {
  const commandId = commandIds.get(id);
  if (commandId === undefined) return [];
  commandIds.delete(id);
  SandboxManager.unregisterCommandNetworkLists(commandId);
  SandboxManager.cleanupAfterCommand();
  const violations = SandboxManager.getSandboxViolationStore().getViolationsForCommand(commandId);
  const hosts = violations.flatMap(({ line }) => /^deny network-outbound (\S+)/.exec(line)?.[1] ?? []);
  return [...new Set(hosts)];
}

/** What a command must not change even where its workspace holds it: this program, its package, its private files. */
function ownFolders(): string[] {
  return [folder, dirname(fileURLToPath(import.meta.url)), dirname(dirname(packageFolder()))];
}

function packageFolder(): string {
  const packaged = fileURLToPath(import.meta.resolve("@anthropic-ai/sandbox-runtime"));
  const name = "/node_modules/@anthropic-ai/sandbox-runtime";
  return packaged.slice(0, packaged.lastIndexOf(`${name}/`) + name.length);
}

/** A path that is that name and no pattern, whatever characters it has. */
function literal(path: string): FilesystemPathEntry {
  return { path, literal: true };
}

async function end(): Promise<void> {
  await SandboxManager.reset().catch(() => undefined);
  rmSync(dirname(folder), { recursive: true, force: true });
  process.exit();
}

function tell(answer: SandboxAnswer): void {
  if (process.connected) process.send?.(answer);
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
