import { type Command, InvalidArgumentError, Option } from "commander";
import type { Connection } from "../../protocol/connect.ts";
import { type Entry, entryData, type EntryKind } from "../../protocol/entries.ts";
import { asLoopdError } from "../../protocol/errors.ts";
import { jsonText } from "../present/terminal-text.ts";
import { addSecrets, traceGist } from "../present/trace-gist.ts";
import { withHelper } from "./helper-access.ts";
import { commaList, examples } from "./options.ts";
import { print, write } from "./print.ts";
import { resolveSession } from "./resolve-session.ts";

const PAGE = 500;

/** `loopd trace`: every recorded fact. */
export function addTrace(program: Command): void {
  const trace = program
    .command("trace")
    .description("Look at every recorded fact of a session.")
    .addHelpText("after", examples("loopd trace show s3k9"));

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

/** All entries of a session, page by page, each of them `seen` as a whole before; pages shrink where entries are so large that a full one would not fit a frame. */
export async function* readTrace(
  connection: Connection,
  session: string,
  seen: (page: readonly Entry[]) => void = () => {},
): AsyncGenerator<Entry> {
  let after = 0;
  let limit = PAGE;
  for (;;) {
    try {
      const { entries, isEnd } = await connection.request("entries.read", { session, after, limit });
      seen(entries);
      yield* entries;
      const last = entries.at(-1);
      if (isEnd || last === undefined) return;
      after = last.seq;
    } catch (thrown) {
      if (asLoopdError(thrown).code !== "frame-too-large" || limit === 1) throw thrown;
      limit = Math.ceil(limit / 8);
    }
  }
}
