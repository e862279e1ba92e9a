import { isIP } from "node:net";
import { release } from "node:os";
import type { SandboxRequest } from "./sandbox.ts";

/** Carries the person's line past all the shells in between, whose quoting would multiply it. */
const LINE_VARIABLE = "LOOPD_LINE";
/** Processes and threads that one command may have. */
export const MAX_TASKS = 1100;
/** Before this version the kernel counts everything that the person runs, a browser's threads included. */
const COUNTS_BY_NAMESPACE = [5, 14] as const;
const MAX_TASKS_OF_PERSON = 8192;

/**
 * The line that runs a command inside: both outputs in their order, a bound on its processes, and nothing of ours in its
 * environment. Clients leave local addresses out of a proxy, so where one is granted they are told to use it.
 */
export function innerLine({ domains }: Pick<SandboxRequest, "domains">): string {
  return [
    "exec 2>&1",
    ...(process.platform === "linux"
      ? [`ulimit -u ${mostTasks()} 2>/dev/null || ulimit -p ${mostTasks()} 2>/dev/null`]
      : []),
    ...(domains.some(isLocal) ? ["unset NO_PROXY no_proxy"] : []),
    `line=$${LINE_VARIABLE}`,
    `unset ${LINE_VARIABLE}`,
    'exec /bin/sh -c "$line"',
  ].join("; ");
}

/** macOS counts all that the person runs, and bounds it by itself. */
function mostTasks(): number {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  const [since, sinceMinor] = COUNTS_BY_NAMESPACE;
  return major > since || (major === since && minor >= sinceMinor) ? MAX_TASKS : MAX_TASKS_OF_PERSON;
}

/** What `innerLine` reads. */
export function innerEnvironment({ command }: Pick<SandboxRequest, "command">): Record<string, string> {
  return { [LINE_VARIABLE]: command };
}

function isLocal(domain: string): boolean {
  const host = domain.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return host === "localhost" || host.endsWith(".localhost") || isIP(host) !== 0;
}
