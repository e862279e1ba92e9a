import type { Command } from "commander";
import type { Connection } from "../../protocol/connect.ts";
import { LoopdError } from "../../protocol/errors.ts";
import type { SessionRow } from "../../protocol/requests.ts";
import type { Seq } from "../../protocol/values.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson } from "./print.ts";
import { resolveSession } from "./resolve-session.ts";
import { readTrace } from "./read-trace.ts";

type ForkOptions = { at?: string; title?: string; json?: boolean };

/** `loopd sessions fork`: another session that begins with the past of this one. */
export function addForkSession(sessions: Command): void {
  sessions
    .command("fork")
    .argument("<session>", "the session, or the beginning of its id")
    .description("Begin another session with the past of this one, which goes on undisturbed.")
    .option(
      "--at <place>",
      "the last entry to share: its number, its id, or a turn to share whole (default: the newest)",
    )
    .option("--title <text>", "title of the new session")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        "loopd sessions fork s3k9",
        "loopd sessions fork s3k9 --at 412   # numbers: loopd trace show s3k9",
        "loopd sessions fork s3k9 --at t7qd --title 'the other way'",
      ),
    )
    .action(fork);
}

async function fork(prefix: string, { at, title, json }: ForkOptions): Promise<void> {
  const { session } = await withHelper(async (connection) => {
    const from = await resolveSession(connection, prefix);
    const place = at === undefined ? undefined : await resolvePlace(connection, from, at);
    return connection.request("session.fork", { session: from, at: place, title });
  });
  if (json === true) return printJson(session);
  print(forkWords(session));
}

function forkWords({ session, title, forkedFrom }: SessionRow): string {
  const { session: from = "", at = 0 } = forkedFrom ?? {};
  return [
    `${session}  ${title}`,
    `It shares the past of ${from} up to entry ${at}. What was open there, and what you allowed for that session, stays there.`,
    `Go on with: loopd ask --session ${session} "…"`,
  ].join("\n");
}

/**
 * The entry that `--at` means: by number, by id, or the end of a turn. Ids may be cut short.
 * @throws LoopdError `invalid-params`, `ambiguous-id`.
 */
async function resolvePlace(connection: Connection, session: string, place: string): Promise<Seq> {
  if (/^\d+$/.test(place)) return Number(place);
  const found = new Map<string, Seq>();
  const over = new Set<string>();
  for await (const { id, seq, turn, kind } of readTrace(connection, session)) {
    if (id.startsWith(place)) found.set(id, seq);
    // What comes after its end, such as a late result, may already be in the middle of the next turn.
    if (turn?.startsWith(place) === true && !over.has(turn)) found.set(turn, seq);
    if (turn !== undefined && kind === "turn.finished") over.add(turn);
  }
  const exact = found.get(place);
  if (exact !== undefined) return exact;
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first[1];
  if (first === undefined) {
    const hint = `See them with: loopd trace show ${session}, and loopd sessions show ${session} --json`;
    throw new LoopdError("invalid-params", `Session ${session} has no entry and no turn ${place}. ${hint}`);
  }
  const ids = [...found.keys()];
  const more = ids.length > 5 ? ` and ${ids.length - 5} more` : "";
  throw new LoopdError(
    "ambiguous-id",
    `Several ids begin with ${place}: ${ids.slice(0, 5).join(", ")}${more}. Type more of it.`,
  );
}
