import type { Check } from "../../protocol/requests.ts";
import { codeBlock, plainMarkdown } from "./markdown-text.ts";

/** A thing that was looked at, as a line with a page. */
export interface CheckLine {
  /** Unlike the name, no other line has it. */
  id: string;
  name: string;
  state: Check["state"];
  /** The state in a word, which colour only repeats. */
  tag: { text: string; tint: "Green" | "Orange" | "Red" };
  markdown: string;
  /** What a person does about it. */
  mend: string | undefined;
}

const tags: Record<Check["state"], CheckLine["tag"]> = {
  ok: { text: "Fine", tint: "Green" },
  warning: { text: "Look", tint: "Orange" },
  failed: { text: "Failed", tint: "Red" },
};
const order: Record<Check["state"], number> = { failed: 0, warning: 1, ok: 2 };

/** What the doctor found, what has to be mended first. */
export function presentChecks(checks: readonly Check[]): CheckLine[] {
  return checks
    .map(({ name, state, detail, mend }, at): CheckLine => {
      const todo = state === "ok" ? undefined : mend;
      const parts = [`## ${plainMarkdown(name)}`, ...detail.split("\n").map(plainMarkdown)];
      if (todo !== undefined) parts.push("**To mend it**", codeBlock(todo, ""));
      return { id: `${at} ${name}`, name, state, tag: tags[state], markdown: parts.join("\n\n"), mend: todo };
    })
    .sort((one, other) => order[one.state] - order[other.state]);
}
