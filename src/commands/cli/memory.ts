import type { Command } from "commander";
import { LoopdError } from "../../protocol/errors.ts";
import { ago, byteSize } from "../present/quantity.ts";
import { oneLine } from "../present/terminal-text.ts";
import { editText } from "./edit-text.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson, say } from "./print.ts";
import { table } from "./table.ts";

/** `loopd memory`: the notes that outlive conversations. */
export function addMemory(program: Command): void {
  const memory = program
    .command("memory")
    .description("List, show, edit and forget what models noted for later conversations.")
    .addHelpText(
      "after",
      examples("loopd memory", "loopd memory show preferences", "loopd memory edit preferences") +
        "\n\nThe notes are Markdown files in the memory folder of LOOPD_HOME; edit them there as you like.",
    );

  memory
    .command("list")
    .description("List topics with their first lines.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd memory list --json"))
    .action(list);

  memory
    .command("show")
    .argument("<topic...>", "the topic")
    .description("Show a note, with who wrote what in it.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd memory show preferences"))
    .action(show);

  memory
    .command("edit")
    .argument("<topic...>", "the topic; a new one is made")
    .description("Open a note in your editor ($VISUAL, else $EDITOR).")
    .addHelpText("after", examples("EDITOR=nano loopd memory edit preferences"))
    .action(edit);

  memory
    .command("forget")
    .argument("<topic...>", "the topic")
    .description("Remove a note. What it said stays in the trace.")
    .addHelpText("after", examples('loopd memory forget "old project"'))
    .action(forget);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const { notes, ignored = [] } = await withHelper((connection) => connection.request("memory.list", {}));
  if (ignored.length > 0) say(ignoredWords(ignored));
  if (json === true) return printJson(notes);
  if (notes.length === 0)
    return print("There are no notes yet. Models write them with memory_write, you with: loopd memory edit TOPIC");
  const columns = [
    { head: "TOPIC" },
    { head: "CHANGED" },
    { head: "SIZE", align: "right" as const },
    { head: "FIRST LINE" },
    { head: "FROM" },
  ];
  const now = Date.now();
  const rows = notes.map(({ topic, summary, bytes, updatedAt, sources = [] }) => [
    topic,
    ago(updatedAt, now),
    byteSize(bytes),
    oneLine(summary, 80),
    oneLine(sources.join(", "), 80),
  ]);
  print(table(columns, rows));
}

/** What a person has put into the folder in vain. */
function ignoredWords(names: readonly string[]): string {
  const named = names.slice(0, 5).map((name) => oneLine(name, 60));
  const more = names.length > named.length ? ` and ${names.length - named.length} more` : "";
  const rule = "a note is a file NAME.md, with letters, digits, space, dot, dash and underscore in its name";
  return `No notes, so no model reads them: ${named.join(", ")}${more} (${rule}).`;
}

async function show(words: string[], { json }: { json?: boolean }): Promise<void> {
  const note = await withHelper((connection) => connection.request("memory.read", { topic: words.join(" ") }));
  if (json === true) return printJson(note);
  print(note.text.trimEnd());
  if (note.taints === undefined) return;
  const from = `Written after reading: ${note.taints.map((source) => oneLine(source, 80)).join(", ")}.`;
  say(`${from} Whoever reads it is tainted by that, until you have edited it: loopd memory edit ${note.topic}`);
}

async function edit(words: string[]): Promise<void> {
  const topic = words.join(" ");
  const before = await withHelper((connection) =>
    connection.request("memory.read", { topic }).catch((thrown: unknown) => {
      if (thrown instanceof LoopdError && thrown.code === "unknown-topic") return { topic, text: "" };
      throw thrown;
    }),
  );
  const said = await editText(before.text, `${before.topic}.md`, async (text) => {
    if (text.trim() === before.text.trim()) return "Nothing was changed.";
    if (text.trim() === "") {
      const hint = `Remove it with: loopd memory forget ${topic}.`;
      throw new LoopdError("usage", `An empty note is not kept. Nothing was changed. ${hint}`);
    }
    const note = { topic, text, mode: "replace" as const, was: before.text };
    const saved = await withHelper((connection) => connection.request("memory.write", note));
    return `Saved ${saved.note.topic} (${byteSize(saved.note.bytes)}).`;
  });
  print(said);
}

async function forget(words: string[]): Promise<void> {
  const topic = words.join(" ");
  await withHelper((connection) => connection.request("memory.forget", { topic }));
  print(`The note ${topic} is removed. What it said stays in the trace.`);
}
