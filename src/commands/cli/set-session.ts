import type { Command } from "commander";
import type { SessionOverrides } from "../../protocol/overrides.ts";
import { overrideLines } from "../present/overrides.ts";
import { answeredBy } from "./card-desk.ts";
import { usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { commaList, examples } from "./options.ts";
import { addOverrideOptions, type OverrideFlags, overridesFrom } from "./override-options.ts";
import { print, printJson } from "./print.ts";
import { resolveSession } from "./resolve-session.ts";

/** `loopd sessions set`: what holds for every turn of a session that does not say otherwise. */
export function addSetSession(sessions: Command): void {
  addOverrideOptions(
    sessions.command("set").argument("<session>", "the session, or the beginning of its id"),
    "for every turn of the session",
  )
    .description("Set what holds for every turn of a session; a turn's own flags come first.")
    .option("--unset <a,b>", "no longer these, such as tools,note or env.KEY", commaList)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        "loopd sessions set s3k9 --endpoint local --max-steps 50",
        "loopd sessions set s3k9 --tools files_read,files_list,files_search",
        "loopd sessions set s3k9 --unset tools,env.trust",
      ) + "\n\nIt counts for turns asked from now on; one that waits in the queue goes on as it was asked.",
    )
    .action(set);
}

async function set(prefix: string, { json, ...flags }: OverrideFlags & { json?: boolean }): Promise<void> {
  if (Object.keys(flags).length === 0)
    throw usage("Say what to set, or what to --unset. See loopd sessions set --help.");
  const changes = overridesFrom(flags);
  const { session, overrides } = await withHelper(async (connection) => {
    const session = await resolveSession(connection, prefix);
    return { session, ...(await connection.request("session.set", { session, overrides: changes, by: answeredBy() })) };
  });
  if (json === true) printJson(overrides);
  else print(settingWords(overrides) ?? `Session ${session} sets nothing for its turns.`);
}

/** What a session sets for its turns, as a paragraph; undefined where that is nothing. */
export function settingWords(overrides: SessionOverrides): string | undefined {
  const lines = overrideLines(overrides);
  return lines.length === 0 ? undefined : ["For every turn:", ...lines.map((line) => `  ${line}`)].join("\n");
}
