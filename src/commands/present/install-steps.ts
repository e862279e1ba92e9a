import type { InstallRecord } from "../../protocol/install.ts";
import { codeBlock, plainMarkdown } from "./markdown-text.ts";
import type { Installation, InstallState } from "./install-state.ts";

/** How something stands, in words, which icon and colour only repeat. */
export interface Standing {
  text: string;
  icon: "waiting" | "doing" | "done" | "attention" | "failed";
  tint: "SecondaryText" | "Blue" | "Green" | "Orange" | "Red";
}

/** A line of Set Up with its page. */
export interface SetUpLine {
  id: string;
  title: string;
  standing: Standing;
  markdown: string;
}

type Recorded = InstallRecord["steps"][number];

/** The steps of an installation in their order, with what a person may want to know of each. */
const STEPS: readonly { id: string; title: string; about: string }[] = [
  {
    id: "bundle",
    title: "Helper and Its Packages",
    about:
      "Copies the helper out of the extension into its own folder. Packages with native parts that the extension does not bring are downloaded from the npm registry. Every file is compared with the hash that was recorded when loopd was built.",
  },
  {
    id: "node",
    title: "Node",
    about:
      "Puts a copy of Node beside the helper: the one that Raycast brings, yours, or the pinned one of nodejs.org.",
  },
  {
    id: "screen",
    title: "Screen Program",
    about: "Puts the small program that reads windows at a place that stays, so that its permission survives updates.",
  },
  {
    id: "agent",
    title: "Login Item",
    about:
      "Has macOS start the helper at every login. macOS shows a notification that loopd runs in the background: leave it switched on.",
  },
  { id: "start", title: "Start", about: "Has macOS start the helper now. Turns that are open go on." },
  { id: "handshake", title: "Answer", about: "Connects to the helper, and compares its version." },
  { id: "tick", title: "Clock for Routines", about: "Has macOS wake loopd when a routine is due." },
  { id: "clean-up", title: "Older Versions", about: "Removes versions that are not needed any more." },
];

const standings = {
  waiting: { text: "To Do", icon: "waiting", tint: "SecondaryText" },
  doing: { text: "Doing", icon: "doing", tint: "Blue" },
  interrupted: { text: "Interrupted", icon: "attention", tint: "Orange" },
  done: { text: "Done", icon: "done", tint: "Green" },
  skipped: { text: "As It Should Be", icon: "done", tint: "Green" },
  failed: { text: "Failed", icon: "failed", tint: "Red" },
} as const satisfies Record<string, Standing>;

/** Every step with how it stands. Those of an installation that was taken off, or is of another version, are to do. */
export function presentSteps({ record }: Installation, state: InstallState): SetUpLine[] {
  return STEPS.map(({ id, title, about }) => {
    const isOver = state.type === "none" || state.type === "outdated";
    const step = isOver ? undefined : record?.steps.find((one) => one.step === id);
    const standing = step === undefined ? standings.waiting : standingOf(step, state);
    return { id, title, standing, markdown: pageOf(title, about, standing, step) };
  });
}

function standingOf({ state }: Recorded, { type }: InstallState): Standing {
  return state === "doing" && type !== "running" ? standings.interrupted : standings[state];
}

function pageOf(title: string, about: string, { text }: Standing, step: Recorded | undefined): string {
  const parts = [`## ${plainMarkdown(title)}`, `**${text}**`];
  if (step?.detail !== undefined) parts.push(plainMarkdown(step.detail));
  if (step?.state === "failed" && step.mend !== undefined) parts.push("**To mend it**", codeBlock(step.mend, ""));
  return [...parts, "---", plainMarkdown(about)].join("\n\n");
}
