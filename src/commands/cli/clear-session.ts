import type { Command } from "commander";
import { answeredBy } from "./card-desk.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson } from "./print.ts";
import { resolveSession } from "./resolve-session.ts";

/** `loopd sessions clear`: the model begins anew in the same session. */
export function addClearSession(sessions: Command): void {
  sessions
    .command("clear")
    .argument("<session>", "the session, or the beginning of its id")
    .description("Let the model forget everything said in a session, and end its taints. The trace keeps it all.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd sessions clear s3k9"))
    .action(clear);
}

async function clear(prefix: string, { json }: { json?: boolean }): Promise<void> {
  const { session, before } = await withHelper(async (connection) => {
    const place = await resolveSession(connection, prefix);
    return { session: place, ...(await connection.request("session.clear", { session: place, by: answeredBy() })) };
  });
  if (json === true) return printJson({ session, before });
  const kept = "Its state and what you allowed for it stay.";
  const back = `Everything before is in the trace; to go on from there: loopd sessions fork ${session} --at ${before}`;
  print(`The model begins anew in ${session}. ${kept}\n${back}`);
}
