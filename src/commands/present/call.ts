import type { CardRow } from "../../protocol/requests.ts";
import type { Effect, Facts, Json, OutcomeKind } from "../../protocol/values.ts";
import { plural } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";

const LONGEST = 100;
const LONGEST_PREVIEW = 200;

type Arguments = { [key: string]: Json };

/** Short words for the tools that people meet most; any other is shown as its name and arguments. */
const sentences: Record<string, (values: Arguments) => string | undefined> = {
  files_list: (values) => `list ${word(values.path) ?? "."}${values.recursive === true ? " and all below" : ""}`,
  files_read: (values) => named("read", values.path),
  files_search: (values) => quoted("search", values.pattern, ` in ${word(values.path) ?? "."}`),
  files_write: (values) => named("write", values.path),
  files_edit: (values) => {
    const edits = Array.isArray(values.edits) ? values.edits.length : 0;
    return named("edit", values.path, edits === 0 ? "" : ` (${plural(edits, "edit")})`);
  },
  shell_run: (values) => {
    const command = word(values.command);
    return command === undefined ? undefined : `run \`${command}\``;
  },
  read_more: () => "read more of a long output",
  web_fetch: (values) => named("fetch", values.url),
  open_url: (values) => named("open", values.url),
  clipboard_read: () => "read the clipboard",
  clipboard_write: (values) => quoted("put on the clipboard", values.text),
  notify: (values) => quoted("notify", word(values.title) ?? values.text),
  speak: (values) => quoted("say", values.text),
  screen_read: (values) => `read ${windowOf(values)}`,
  screen_act: (values) => {
    const text = word(values.text) ?? word(values.option) ?? word(values.chord);
    return named(word(values.action) ?? "use", values.ref, text === undefined ? "" : ` with “${text}”`);
  },
  screen_expand: (values) => named("show all of", values.ref),
  screen_wait: (values) => quoted("wait for", values.text, ` in ${windowOf(values)}`),
  screenshot: (values) => `take a picture of ${windowOf(values)}`,
  app_list: () => "list applications",
  app_open: (values) => {
    const what = word(values.path) ?? word(values.url);
    return named("open", values.app, what === undefined ? "" : ` with ${what}`);
  },
  permissions_check: () => "look which permissions loopd has",
  permissions_request: (values) => named("ask for the permission", values.permission),
  ask_user: (values) => quoted("ask", values.question),
  history_search: (values) => quoted("search earlier sessions for", values.query),
  query_state: (values) => named("query loopd's records:", values.sql),
  state_get: (values) => named("look up", values.key) ?? "look up all values",
  state_set: (values) => named("keep the value", values.key),
  memory_list: () => "list the notes",
  memory_read: (values) => quoted("read the note", values.topic),
  memory_search: (values) => quoted("search the notes for", values.query),
  memory_write: (values) => quoted("write the note", values.topic),
  memory_forget: (values) => quoted("forget the note", values.topic),
  delegate: (values) => quoted("delegate", values.task),
  find_tools: (values) => quoted("look for tools:", values.query) ?? "look for tools",
};

/** The same of a card: what a call would do in a window is told by what it would meet there. */
export function cardSummary({ tool, arguments: values, facts }: CardRow): string {
  const preview = isAboutWindow(tool) ? facts?.preview : undefined;
  return preview === undefined ? callSummary(tool, values) : oneLine(preview, LONGEST_PREVIEW);
}

/**
 * What a call does in a window, for whoever watches a turn: "press Send in Mail – Draft", without what goes into a secret
 * field. Undefined of other calls.
 */
export function windowSummary(tool: string, { preview, isSecure }: Facts): string | undefined {
  if (preview === undefined || !isAboutWindow(tool)) return undefined;
  const [deed = ""] = preview.split("\n", 1);
  return oneLine(isSecure === true ? deed.replace(/:$/, "") : preview, LONGEST_PREVIEW);
}

/** Whether a tool reads or drives what other programs show. */
export function isAboutWindow(tool: string): boolean {
  return tool.startsWith("screen_") || tool === "screenshot";
}

/** One line that tells what a call does: "read README.md", "run `date`". Never longer than a terminal's line or two. */
export function callSummary(name: string, values: Json): string {
  const fields = typeof values === "object" && values !== null && !Array.isArray(values) ? values : {};
  const known = Object.hasOwn(sentences, name) ? sentences[name]?.(fields) : undefined;
  if (known !== undefined) return oneLine(known, LONGEST);
  const list = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  // The tool of a connected server is called `server__tool`.
  const [server, ...tool] = name.split("__");
  const title = tool.length === 0 ? name : `${server}: ${tool.join("__")}`;
  return oneLine([title, ...list].join(" "), LONGEST);
}

/** What a tool of this effect may do, in words for a person who has to agree to it. */
export const effectWords: Record<Effect, string> = {
  read: "reads, changes nothing",
  state: "changes only loopd's own notes",
  write: "changes files",
  exec: "runs a program",
  ui: "uses other programs and what they show",
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

function windowOf({ app, window }: Arguments): string {
  const name = [word(app), word(window)].filter((part) => part !== undefined).join(" – ");
  return name === "" ? "the window in front" : name;
}

function word(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function named(verb: string, value: Json | undefined, rest = ""): string | undefined {
  const name = word(value);
  return name === undefined ? undefined : `${verb} ${name}${rest}`;
}

function quoted(verb: string, value: Json | undefined, rest = ""): string | undefined {
  const text = word(value);
  return text === undefined ? undefined : `${verb} “${text}”${rest}`;
}
