import type { InstallState } from "./install-state.ts";
import { codeBlock, plainMarkdown } from "./markdown-text.ts";
import type { SetUpLine, Standing } from "./install-steps.ts";

/** The line that says how it stands with the helper as a whole, and the one thing to do about it. */
export interface InstallHead extends SetUpLine {
  /** Title of what begins an installation; undefined where there is none to begin. */
  begin: string | undefined;
}

interface Words {
  title: string;
  standing: Standing;
  begin: string | undefined;
  paragraphs: readonly string[];
}

const COMES =
  "It copies the helper, Node and a small program that reads windows into its own folder, and has macOS start the helper at every login. macOS then shows a notification that loopd runs in the background: leave it switched on. Nothing is installed for other users, and nothing needs your password.";
const GOES_ON = "It goes on when you close this window. Come back to see how it went.";

/** How it stands. `running` says in a sentence who serves now, or why nobody does. */
export function presentHead(state: InstallState, running: string): InstallHead {
  const { title, standing, begin, paragraphs } = wordsOf(state);
  const lines = [`## ${plainMarkdown(title)}`, `**${standing.text}**`, ...paragraphs.map(plainMarkdown)];
  const mend = state.type === "failed" ? state.error.mend : undefined;
  if (mend !== undefined) lines.push("**To mend it**", codeBlock(mend, ""));
  return { id: "helper", title, standing, begin, markdown: [...lines, "---", plainMarkdown(running)].join("\n\n") };
}

function wordsOf(state: InstallState): Words {
  switch (state.type) {
    case "none":
      return {
        title: "Install Helper",
        standing: { text: "Not Installed", icon: "waiting", tint: "SecondaryText" },
        begin: "Install Helper",
        paragraphs: ["The helper does the work behind every question, and runs your routines.", COMES],
      };
    case "running":
      return {
        title: "Installing…",
        standing: { text: "Doing", icon: "doing", tint: "Blue" },
        begin: undefined,
        paragraphs: [GOES_ON],
      };
    case "cut-short":
      return {
        title: "The Installation Was Interrupted",
        standing: { text: "Interrupted", icon: "attention", tint: "Orange" },
        begin: "Continue Installation",
        paragraphs: ["It ended before it was done. Continue, and it completes what is missing."],
      };
    case "failed":
      return {
        title: "The Installation Failed",
        standing: { text: "Failed", icon: "failed", tint: "Red" },
        begin: "Try Again",
        paragraphs: [state.error.message],
      };
    case "outdated":
      return {
        title: "Update Helper",
        standing: { text: "Update Available", icon: "attention", tint: "Orange" },
        begin: "Update Helper",
        paragraphs: [
          `Version ${state.version} of the helper is installed, and this extension brings ${state.own}.`,
          "Turns that are open go on after the update. A restart of the helper is all that you see of it.",
        ],
      };
    case "newer":
      return {
        title: "The Installed Helper Is Newer",
        standing: { text: "Newer", icon: "attention", tint: "Orange" },
        begin: undefined,
        paragraphs: [
          `Version ${state.version} of the helper is installed, and this extension brings only ${state.own}. Nothing is changed, since an older helper may not read what a newer one wrote.`,
          "Update the extension in Raycast: search for “Check for Extension Updates”.",
        ],
      };
    case "installed":
      return {
        title: "Helper",
        standing: { text: "Installed", icon: "done", tint: "Green" },
        begin: "Repair Helper",
        paragraphs: [`Version ${state.version} is installed: it starts at every login and comes back by itself.`],
      };
  }
}
