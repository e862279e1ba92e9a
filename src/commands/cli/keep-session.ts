import { type Command, InvalidArgumentError, Option } from "commander";
import type { Keep } from "../../protocol/keep.ts";
import { answeredBy } from "./card-desk.ts";
import { usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson } from "./print.ts";
import { resolveSession } from "./resolve-session.ts";

type KeepOptions = { days?: number; always?: boolean; default?: boolean; json?: boolean };

/** `loopd sessions keep`: how long one session is kept. */
export function addKeepSession(sessions: Command): void {
  sessions
    .command("keep")
    .argument("<session>", "the session, or the beginning of its id")
    .description("Say how long a session is kept, whatever retention.days in config.json says.")
    .addOption(new Option("--always", "until somebody deletes it").conflicts(["days", "default"]))
    .addOption(new Option("--days <n>", "so many days after its last change").argParser(days).conflicts("default"))
    .addOption(new Option("--default", "as config.json says"))
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd sessions keep s3k9 --always", "loopd sessions keep s3k9 --days 7"))
    .action(keepSession);
}

function days(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 36_500) return value;
  throw new InvalidArgumentError("It must be a whole number of days from 1 to 36500.");
}

async function keepSession(prefix: string, options: KeepOptions): Promise<void> {
  const keep = wish(options);
  const session = await withHelper(async (connection) => {
    const place = await resolveSession(connection, prefix);
    await connection.request("session.keep", { session: place, keep, by: answeredBy() });
    return place;
  });
  if (options.json === true) return printJson({ session, keep });
  const words = keep === "always" ? "always" : keep === "default" ? "as config.json says" : `for ${keep.days} days`;
  print(`${session} is kept ${words}${typeof keep === "object" ? " after its last change" : ""}.`);
}

function wish({ days: count, always, default: usual }: KeepOptions): Keep {
  if (always === true) return "always";
  if (count !== undefined) return { days: count };
  if (usual === true) return "default";
  throw usage("How long? Add --always, --days N or --default.");
}
