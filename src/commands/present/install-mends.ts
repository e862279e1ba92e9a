import type { InstallError, Installation, InstallState } from "./install-state.ts";

/** Something that a person can do about a failed installation, besides trying again. */
export type Mend = { type: "open"; title: string; target: string } | { type: "copy"; title: string; content: string };

const LOGIN_ITEMS = "x-apple.systempreferences:com.apple.LoginItems-Settings.extension";
const NETWORK = "x-apple.systempreferences:com.apple.Network-Settings.extension";
const NODE = "https://nodejs.org/en/download";

/** What helps where an installation failed, the best first. `logs`: the folder of the logs. */
export function presentMends(state: InstallState, { record }: Installation, logs: string): Mend[] {
  if (state.type !== "failed" && state.type !== "cut-short") return [];
  const error = state.type === "failed" ? state.error : undefined;
  const failed = record?.steps.find((step) => step.state === "failed")?.step;
  const mends: Mend[] = error === undefined ? [] : settingsFor(error, failed);
  if (error?.mend !== undefined) mends.push({ type: "copy", title: "Copy What Mends It", content: error.mend });
  return [...mends, { type: "open", title: "Open Logs", target: logs }];
}

function settingsFor({ reason, message }: InstallError, failed: string | undefined): Mend[] {
  if (reason === "switched-off" || reason === "blocked") {
    return [{ type: "open", title: "Open Login Items", target: LOGIN_ITEMS }];
  }
  if (failed === "node") return [{ type: "open", title: "Open nodejs.org", target: NODE }];
  // The install program says so of packages alone.
  if (message.includes("could not be downloaded")) {
    return [{ type: "open", title: "Open Network Settings", target: NETWORK }];
  }
  return [];
}
