import type { Entry, EntryData } from "../../protocol/entries.ts";
import { entryGist } from "./entry.ts";
import { duration } from "./quantity.ts";
import { printableMarkdown, printableText } from "./terminal-text.ts";

/** Longest output that a transcript shows of a call, in characters; the trace has it all. */
const LONGEST_OUTPUT = 4_000;

/** A session as Markdown for people: what was asked and answered, what was done and who allowed it. Parts follow on entries. */
export function* transcriptOf(entries: Iterable<Entry>): Generator<string> {
  const names = new Map<string, string>();
  for (const entry of entries) {
    if (entry.kind === "tool.requested") names.set(entry.data.callId, entry.data.name);
    const part = partOf(entry, names);
    if (part !== undefined) yield `${part}\n\n`;
  }
}

function partOf(entry: Entry, names: ReadonlyMap<string, string>): string | undefined {
  switch (entry.kind) {
    case "session.created":
      return `# ${inline(entry.data.title)}\n\nSession \`${entry.session}\`, begun ${entry.at} in ${code(entry.data.workspace)}.`;
    case "session.forked":
      return `---\n\nForked from \`${entry.data.from}\` at entry ${entry.data.at}, as \`${entry.session}\`, ${entry.at}.`;
    case "session.cleared":
      return `---\n\nCleared by ${inline(entry.data.by)}, ${entry.at}: the model begins anew.`;
    case "turn.started": {
      const { origin, model, endpoint, input, replay } = entry.data;
      const again = replay === undefined ? "" : `, asked again after \`${replay.turn}\` (tools: ${replay.tools})`;
      return `## ${entry.at}: ${origin} asks ${inline(model)} at ${inline(endpoint)}${again}\n\n${quoted(input)}`;
    }
    case "note.added":
      return entry.data.from === "person"
        ? `**Added by the person:**\n\n${quoted(entry.data.text)}`
        : `*${inline(entryGist(entry))}*`;
    case "model.responded":
      return answerOf(entry.data);
    case "tool.decided": {
      const { callId, decision } = entry.data;
      return decision === "execute" ? undefined : `- ${code(names.get(callId) ?? callId)}: ${inline(entryGist(entry))}`;
    }
    case "card.resolved":
      return `- ${inline(entryGist(entry))} (${entry.at})`;
    case "tool.finished":
      return endOf(entry.data);
    case "warning.raised":
    case "request.failed":
    case "turn.stopping":
      return `*${entry.kind}: ${inline(entryGist(entry))}*`;
    case "epoch.opened":
      return entry.data.reason === "start" ? undefined : `*New epoch: ${inline(entryGist(entry))}*`;
    case "turn.finished": {
      const { finish, error, text } = entry.data;
      const why = error === undefined ? "" : ` (${error.code}: ${inline(error.message)})`;
      // An answer that is JSON is not among what the model just said.
      const answer = /^\s*[[{]/.test(text) ? `\n\n${fenced(text, "json")}` : "";
      return `**Ended: ${finish}**${why}, ${entry.at}.${answer}`;
    }
    default:
      return undefined;
  }
}

function answerOf({ content }: EntryData<"model.responded">): string | undefined {
  const parts = content.flatMap((block): string[] => {
    if (block.type === "text") return block.text.trim() === "" ? [] : [printableMarkdown(block.text).trim()];
    if (block.type === "thinking")
      return block.thinking.trim() === "" ? [] : [details("Thinking", quoted(block.thinking))];
    return block.type === "tool_use"
      ? [`**Calls** ${code(block.name)}\n\n${fenced(JSON.stringify(block.input, null, 2), "json")}`]
      : [];
  });
  return parts.length === 0 ? undefined : parts.join("\n\n");
}

function endOf({ name, outcome, durationMs, text, recorded }: EntryData<"tool.finished">): string {
  const cut =
    text.length > LONGEST_OUTPUT ? `${text.slice(0, LONGEST_OUTPUT)}\n… ${text.length - LONGEST_OUTPUT} more` : text;
  const how = recorded === undefined ? duration(durationMs) : `as recorded for ${recorded.callId}`;
  const head = `${code(name)} ${outcome}, ${how}`;
  return text === "" ? `- ${head}` : details(head, fenced(cut, ""));
}

/** Folded where the reader can fold; the summary is text of our own. */
function details(summary: string, body: string): string {
  const words = summary.replaceAll("`", "").replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<details><summary>${words}</summary>\n\n${body}\n\n</details>`;
}

function quoted(text: string): string {
  return printableMarkdown(text)
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}

/** A fence longer than any in the text. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${printableText(text).trimEnd()}\n${fence}`;
}

function code(text: string): string {
  return `\`${printableText(text).replace(/\s+/g, " ").replaceAll("`", "'").trim()}\``;
}

/** One line that opens nothing: no heading, tag or link of the text's own. */
function inline(text: string): string {
  return printableText(text)
    .replace(/\s+/g, " ")
    .replace(/[<>[\]*_#|]/g, (found) => `\\${found}`)
    .trim();
}
