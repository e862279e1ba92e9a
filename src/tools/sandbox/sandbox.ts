/** Whether commands can be kept in their place here, and if not, why and what a person can do about it. */
export type SandboxStatus = { isUsable: true; detail: string } | { isUsable: false; why: string; mend?: string };

/** A command that is to run in the sandbox. */
export interface SandboxRequest {
  /** Line for /bin/sh. */
  command: string;
  /** Real path of the one folder, besides a temporary one, that may be written. */
  workspace: string;
  /** Real paths that may not be read. */
  denyRead: readonly string[];
  /** Hosts that may be reached; empty: no network at all. */
  domains: readonly string[];
  signal: AbortSignal;
}

/** The program that runs the command inside. */
export interface SandboxedCommand {
  file: string;
  args: readonly string[];
  /** Variables that the command needs besides its own, such as the address of the proxy. */
  environment: Readonly<Record<string, string>>;
  /** Frees what the sandbox holds for the command; called once it has ended. */
  release(): Promise<void>;
}

/** Writes only in the workspace and a temporary folder, no network but granted hosts, no Unix sockets. */
export interface Sandbox {
  /** Asked again only when the configuration changes or the last answer is a minute old. */
  status(): Promise<SandboxStatus>;
  /** Hosts that every sandboxed command may reach without asking. */
  domains(): readonly string[];
  wrap(request: SandboxRequest): Promise<SandboxedCommand>;
  close(): Promise<void>;
}
