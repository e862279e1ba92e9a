import { execFile } from "node:child_process";

/** Oldest Node that loopd works on. */
export const OLDEST_NODE = "22.22.2";

const LIMIT_MS = 30_000;

/** Whether a version such as `22.23.2` is at least another one. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [have, want] = [version, oldest].map((text) => text.split(".").map(Number));
  const place = (want ?? []).findIndex((number, i) => number !== have?.[i]);
  return place === -1 || (have?.[place] ?? -1) > (want?.[place] ?? 0);
}

/** What a Node says when it is run: its version, or why it is of no use. */
export type NodeFound = { type: "usable"; version: string } | { type: "useless"; why: string };

/** Runs a Node by its path, with an environment that nothing of ours or the person's leaks into. */
export function askNode(path: string): Promise<NodeFound> {
  const words = ["-p", "process.versions.node"];
  return new Promise((resolve) => {
    execFile(path, words, { env: {}, timeout: LIMIT_MS, killSignal: "SIGKILL" }, (error, out, err) => {
      const version = out.trim();
      if (error !== null) {
        const why = err.trim().split("\n")[0] || error.message.split("\n")[0] || "it ends at once";
        resolve({ type: "useless", why: why.slice(0, 300) });
      } else if (!/^\d+\.\d+\.\d+$/.test(version)) {
        resolve({ type: "useless", why: "it does not say which version it is" });
      } else if (!isAtLeast(version, OLDEST_NODE)) {
        resolve({ type: "useless", why: `it is Node ${version}, and loopd needs ${OLDEST_NODE}` });
      } else {
        resolve({ type: "usable", version });
      }
    });
  });
}
