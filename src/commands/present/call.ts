import type { Effect, Json, OutcomeKind } from "../../protocol/values.ts";
import { oneLine } from "./terminal-text.ts";

const LONGEST = 100;

type Arguments = { [key: string]: Json };

/** Short words for the tools that people meet most; any other is shown as its name and arguments. */
const sentences: Record<string, (values: Arguments) => string | undefined> = {
  files_list: (values) => `list ${word(values.path) ?? "."}${values.recursive === true ? " and all below" : ""}`,
  files_read: (values) => named("read", values.path),
  files_search: (values) => {
    const what = word(values.pattern);
    return what === undefined ? undefined : `search “${what}” in ${word(values.path) ?? "."}`;
  },
  shell_run: (values) => {
    const command = word(values.command);
    return command === undefined ? undefined : `run \`${command}\``;
  },
  read_more: () => "read more of a long output",
};

/** One line that tells what a call does: "read README.md", "run `date`". Never longer than a terminal's line or two. */
export function callSummary(name: string, values: Json): string {
  const fields = typeof values === "object" && values !== null && !Array.isArray(values) ? values : {};
  const known = Object.hasOwn(sentences, name) ? sentences[name]?.(fields) : undefined;
  if (known !== undefined) return oneLine(known, LONGEST);
  const list = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return oneLine([name, ...list].join(" "), LONGEST);
}

/** What a tool of this effect may do, in words for a person who has to agree to it. */
export const effectWords: Record<Effect, string> = {
  read: "reads, changes nothing",
  state: "changes only loopd's own notes",
  write: "changes files",
  exec: "runs a program with your full rights",
  ui: "operates other programs' windows",
  network: "talks to the network",
  schedule: "plans work for later",
};

/** A mark for the end of a call, for lists where there is no room for words. */
export const outcomeMarks: Record<OutcomeKind, string> = {
  ok: "✓",
  error: "✗",
  invalid: "✗",
  denied: "⊘",
  "timed-out": "⧖",
  cancelled: "⊘",
  unknown: "?",
};

function word(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function named(verb: string, value: Json | undefined): string | undefined {
  const name = word(value);
  return name === undefined ? undefined : `${verb} ${name}`;
}
