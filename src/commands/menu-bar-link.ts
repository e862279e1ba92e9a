import { LaunchType } from "@raycast/api";
import { createDeeplink } from "@raycast/utils";
import { readPreferences } from "./preferences.ts";

/** The address by which the helper has the menu bar look again; undefined where the person has not chosen that. */
export function menuBarLink(): string | undefined {
  if (readPreferences().pushToMenuBar !== true) return undefined;
  return createDeeplink({ command: "show-status", launchType: LaunchType.Background });
}
