import type { LoopdError } from "../../protocol/errors.ts";

/** What stands between a face and its helper, and the one thing to do about it. */
export interface HelperProblem {
  title: string;
  description: string;
  remedy: "start" | "restart" | "retry";
  remedyTitle: string;
}

/** Title of the command that installs and mends the helper. */
export const SET_UP = "Set Up Helper";

/** The view of a helper that could not be opened. */
export function presentHelperProblem(error: LoopdError): HelperProblem {
  if (error.code === "helper-unreachable") {
    const description =
      "The helper does the work behind every question, and none is running. It keeps running when this window closes.";
    return { title: "The Helper Is Not Running", description, remedy: "start", remedyTitle: "Start Helper" };
  }
  if (error.code === "helper-outdated") {
    const description =
      "The helper that runs is of another version than this extension. Turns that it is working on go on after the restart.";
    return { title: "The Helper Is of Another Version", description, remedy: "restart", remedyTitle: "Restart Helper" };
  }
  return {
    title: "The Helper Cannot Be Reached",
    description: error.message,
    remedy: "retry",
    remedyTitle: "Try Again",
  };
}

/** The page behind "Open Set-Up Help". `home` is the folder of this person's helper. */
export function setUpHelp(home: string): string {
  return [
    "# Setting Up loopd",
    "loopd asks a model of your choice, works with your files through tools, and asks you before it acts. A helper process does the work.",
    "1. **Install the helper:** choose *Install Helper*, or run `loopd helper install` in a terminal. It starts at every login then.",
    "2. **Connect a model:** choose *Find Model on This Machine*, fill in the preferences, or run, for example, `loopd endpoints add local --url http://127.0.0.1:8080 --dialect anthropic --model MODEL --use`. Until then a rehearsal model answers, which is not an AI.",
    "3. **Ask.** Everything that could change something waits for your approval.",
    "## If it does not start",
    "- `loopd helper status` tells whether a helper runs, `loopd helper run` starts one in the terminal and shows what is wrong.",
    "- `loopd helper logs` shows what it did last.",
    `- Everything it keeps is in \`${home.replaceAll("`", "")}\`.`,
  ].join("\n\n");
}

/** The title of a view; where the helper went away it says so, and that it is waited for. */
export function titleWhile(title: string, { isReconnecting }: { isReconnecting: boolean }): string {
  return isReconnecting ? `${title} – Reconnecting to the Helper…` : title;
}
