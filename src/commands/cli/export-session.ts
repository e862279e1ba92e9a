import { open, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Connection } from "../../protocol/connect.ts";
import type { Entry } from "../../protocol/entries.ts";
import { LoopdError } from "../../protocol/errors.ts";
import { printableText } from "../present/terminal-text.ts";
import { transcriptOf } from "../present/trace-document.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { say, write } from "./print.ts";
import { resolveSession } from "./resolve-session.ts";
import { entryPages } from "./read-trace.ts";

/** How an export comes out. */
export interface ExportOptions {
  format: "jsonl" | "markdown";
  reveal?: boolean;
  output?: string;
}

/** `loopd trace export` and `loopd sessions export`, which are the same. */
export function addExport(parent: Command): void {
  parent
    .command("export")
    .argument("<session>", "the session, or the beginning of its id")
    .description("Write out the trace of a session, with placeholders for what is private.")
    .addOption(
      new Option("--format <format>", "jsonl: every entry, one per line; markdown: to read")
        .choices(["jsonl", "markdown"])
        .default("jsonl"),
    )
    .option("--reveal", "with private values, and what was put into secret fields")
    .option("-o, --output <file>", "into this file, for your eyes alone, instead of standard output")
    .addHelpText(
      "after",
      examples(
        `loopd ${parent.name()} export s3k9 -o s3k9.jsonl`,
        `loopd ${parent.name()} export s3k9 --format markdown | less`,
        "loopd trace replay s3k9.jsonl",
      ) + "\n\nThe entries' JSON Schema: docs/schema/entry.schema.json.",
    )
    .action(exportSession);
}

async function exportSession(prefix: string, options: ExportOptions): Promise<void> {
  await withHelper(async (connection) => {
    const session = await resolveSession(connection, prefix);
    const { output } = options;
    if (output === undefined) {
      const isRead = process.stdout.isTTY;
      for await (const text of textsOf(connection, session, options)) await write(isRead ? printableText(text) : text);
      return;
    }
    const { entries } = await exportTo(resolve(output), connection, session, options);
    say(`Wrote ${entries} entries of ${session} to ${output}.`);
  });
}

/** Writes an export into a file, whole or not at all; what was there is replaced. `last`: seq of its last entry. */
export async function exportTo(
  path: string,
  connection: Connection,
  session: string,
  options: Pick<ExportOptions, "format" | "reveal">,
): Promise<{ entries: number; last: number }> {
  const told = { entries: 0, last: 0 };
  const fresh = `${path}.${process.pid}.part`;
  try {
    const file = await open(fresh, "w", 0o600);
    try {
      const texts = textsOf(connection, session, options, (entry) => {
        told.entries += 1;
        told.last = entry.seq;
      });
      for await (const text of texts) await file.write(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (cause) {
    await rm(fresh, { force: true });
    if (cause instanceof LoopdError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LoopdError("output-failed", `${path} could not be written (${why}). Nothing was changed.`, { cause });
  }
  return told;
}

async function* textsOf(
  connection: Connection,
  session: string,
  { format, reveal }: Pick<ExportOptions, "format" | "reveal">,
  seen: (entry: Entry) => void = () => {},
): AsyncGenerator<string> {
  const form = reveal === true ? "revealed" : "redacted";
  const pages = entryPages((place) => connection.request("session.export", { session, form, ...place }));
  const all: Entry[] = [];
  for await (const page of pages) {
    for (const entry of page) {
      seen(entry);
      if (format === "jsonl") yield `${JSON.stringify(entry)}\n`;
      else all.push(entry);
    }
  }
  yield* transcriptOf(all);
}
