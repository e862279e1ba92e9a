import type { CrowdLimit } from "../runner/crowd.ts";

/** Whether commands can be kept in their place here, and if not, why and what a person can do about it. */
export type SandboxStatus = { isUsable: true; detail: string } | { isUsable: false; why: string; mend?: string };

/** A command that is to run in the sandbox. */
export interface SandboxRequest {
  /** Line for /bin/sh; what it writes to either output comes out of standard output. */
  command: string;
  /** Real path of the one folder, besides a temporary one, that may be written. Absent: none. */
  writable?: string;
  /** Real paths that may not be read. */
  denyRead: readonly string[];
  /** Real paths that may not be changed, though they lie where it may write. */
  denyWrite?: readonly string[];
  /** Hosts that may be reached besides those of the configuration. */
  domains: readonly string[];
}

/** The program that runs the command inside. */
export interface SandboxedCommand {
  file: string;
  args: readonly string[];
  /** Variables that the program needs besides those of any child. */
  environment: Readonly<Record<string, string>>;
  /** How many processes and threads it may have, and where it is counted. */
  contained: CrowdLimit;
  /** Frees what the sandbox holds for the command; called once, when it has ended. */
  release(): Promise<SandboxReport>;
}

/** What the sandbox noticed while a command ran. */
export interface SandboxReport {
  /** Hosts with ports that the command tried to reach and might not. */
  refusedHosts: readonly string[];
}

/** Why there is no sandbox for a command: it must not run. */
export interface SandboxRefusal {
  why: string;
}

/** Writes only in one folder and a temporary one, no network but granted hosts, no Unix sockets. */
export interface Sandbox {
  /** Asked again only when the configuration changes or the last answer is a minute old. */
  status(): Promise<SandboxStatus>;
  /** Hosts that every sandboxed command may reach without asking. */
  domains(): readonly string[];
  wrap(request: SandboxRequest): Promise<SandboxedCommand | SandboxRefusal>;
  /** Ends what the sandbox has started, such as its proxies. */
  close(): Promise<void>;
}
