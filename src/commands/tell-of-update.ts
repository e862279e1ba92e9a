import { environment, launchCommand, LaunchType, showToast, Toast } from "@raycast/api";
import { ownVersion } from "./installer.ts";
import { SET_UP } from "./present/helper-problem.ts";
import { compareVersions } from "./present/versions.ts";
import type { HelperProgram } from "./start-helper.ts";

/**
 * Offers an update where the helper that answered is older than the one that comes with the extension. Whatever works with
 * it goes on. Set Up says it by itself, and nobody sees a toast in the background.
 */
export async function tellOfUpdate(program: HelperProgram, running: string): Promise<void> {
  const { commandMode, commandName, launchType } = environment;
  if (commandMode !== "view" || launchType !== LaunchType.UserInitiated || commandName === "set-up-helper") return;
  const own = await ownVersion(program);
  if (own === undefined || compareVersions(running, own) !== "older") return;
  await showToast({
    style: Toast.Style.Failure,
    title: "The Helper Is Older Than This Extension",
    message: `It is version ${running}, and ${own} comes with the extension.`,
    primaryAction: {
      title: SET_UP,
      onAction: () => void launchCommand({ name: "set-up-helper", type: LaunchType.UserInitiated }),
    },
  });
}
