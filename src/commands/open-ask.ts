import { launchCommand, LaunchType } from "@raycast/api";
import { createDeeplink, DeeplinkType, showFailureToast } from "@raycast/utils";
import type { AskContext } from "./present/ask-context.ts";

/** Opens Ask on a session, one of its turns, or with a question that is not asked yet. */
export async function openAsk(context: AskContext): Promise<void> {
  try {
    await launchCommand({ name: "ask", type: LaunchType.UserInitiated, context });
  } catch (error) {
    await showFailureToast(error, { title: "Ask Could Not Be Opened" });
  }
}

/** A link that opens Ask in the same way. */
export function askLink(context: AskContext): string {
  return createDeeplink({ type: DeeplinkType.Extension, command: "ask", context });
}
