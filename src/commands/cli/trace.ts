import { type Command, InvalidArgumentError, Option } from "commander";
import { entryData, type EntryKind } from "../../protocol/entries.ts";
import { jsonText } from "../present/terminal-text.ts";
import { addSecrets, traceGist } from "../present/trace-gist.ts";
import { addExport } from "./export-session.ts";
import { withHelper } from "./helper-access.ts";
import { commaList, examples } from "./options.ts";
import { print, write } from "./print.ts";
import { readTrace } from "./read-trace.ts";
import { addReplay } from "./replay-trace.ts";
import { resolveSession } from "./resolve-session.ts";

/** `loopd trace`: every recorded fact. */
export function addTrace(program: Command): void {
  const trace = program
    .command("trace")
    .description("Look at every recorded fact of a session, take it out, or have it decided again.")
    .addHelpText(
      "after",
      examples("loopd trace show s3k9", "loopd trace export s3k9 -o s3k9.jsonl", "loopd trace replay s3k9"),
    );

  const kinds = Object.keys(entryData);
  trace
    .command("show")
    .argument("<session>", "the session, or the beginning of its id")
    .description("Print the trace of a session, the oldest entry first.")
    .option("--json", "print the entries as one JSON array")
    .addOption(new Option("-k, --kind <a,b>", "only entries of these kinds").argParser(kindList))
    .addHelpText(
      "after",
      examples(
        "loopd trace show s3k9",
        "loopd trace show s3k9 --kind tool.finished --json",
        `\nKinds: ${kinds.join(", ")}`,
      ),
    )
    .action(show);

  addExport(trace);
  addReplay(trace);
}

function kindList(text: string): EntryKind[] {
  return commaList(text).map((kind) => {
    if (Object.hasOwn(entryData, kind)) return kind as EntryKind;
    throw new InvalidArgumentError(`There is no kind ${kind}. Kinds: ${Object.keys(entryData).join(", ")}.`);
  });
}

async function show(prefix: string, { json, kind }: { json?: boolean; kind?: EntryKind[] }): Promise<void> {
  await withHelper(async (connection) => {
    const session = await resolveSession(connection, prefix);
    let isFirst = true;
    if (json === true) await write("[");
    const secrets = new Set<string>();
    for await (const entry of readTrace(connection, session, (page) => addSecrets(secrets, page))) {
      if (kind !== undefined && !kind.includes(entry.kind)) continue;
      if (json === true) await write(`${isFirst ? "\n" : ",\n"}${jsonText(entry)}`);
      else
        print(`${String(entry.seq).padStart(6)}  ${entry.at}  ${entry.kind.padEnd(15)}  ${traceGist(entry, secrets)}`);
      isFirst = false;
    }
    if (json === true) await write("\n]\n");
  });
}
