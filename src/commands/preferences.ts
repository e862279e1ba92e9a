import { homedir } from "node:os";
import { getPreferenceValues } from "@raycast/api";
import type { TurnRequest } from "../protocol/requests.ts";
import type { Preferences } from "./present/preferences.ts";

/** What the person has set in Raycast's preferences pane. */
export function readPreferences(): Preferences {
  return getPreferenceValues<Preferences>();
}

/** The folder that new sessions work in. */
export function workspaceFolder(): string {
  return readPreferences().workspace || homedir();
}

/** What every turn that Raycast asks sets: `wait` is left to the session. */
export function askedOverrides(): TurnRequest["overrides"] {
  return readPreferences().approvals === "deny" ? { approvals: "deny" } : {};
}
