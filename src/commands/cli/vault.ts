import type { Command } from "commander";
import { usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson } from "./print.ts";
import { resolveSession } from "./resolve-session.ts";
import { table } from "./table.ts";

interface ListOptions {
  session?: string;
  reveal?: boolean;
  json?: boolean;
}
interface ForgetOptions {
  session?: string;
  all?: boolean;
  json?: boolean;
}

/** `loopd vault`: what placeholders stand for. */
export function addVault(program: Command): void {
  const vault = program
    .command("vault")
    .description("See and forget the private values that models only know as placeholders.")
    .addHelpText("after", examples("loopd vault list", "loopd vault forget email:1:k3f9x"));

  vault
    .command("list")
    .description("Every placeholder; the values themselves only with --reveal.")
    .option("-s, --session <id>", "only those of a session and its forks")
    .option("--reveal", "show the values")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd vault list", "loopd vault list --reveal --json"))
    .action(list);

  vault
    .command("forget")
    .argument("[id...]", "placeholders, as list shows them")
    .option("-s, --session <id>", "all of a session and its forks")
    .option("--all", "all there are")
    .option("--json", "print JSON")
    .description("Erase values for good: their placeholders resolve to nothing, in old conversations too.")
    .addHelpText("after", examples("loopd vault forget email:1:k3f9x", "loopd vault forget --all"))
    .action(forget);
}

async function list({ session, reveal, json }: ListOptions): Promise<void> {
  const { values } = await withHelper(async (connection) => {
    const chosen = session === undefined ? undefined : await resolveSession(connection, session);
    return connection.request("vault.list", { session: chosen, isRevealed: reveal === true });
  });
  if (json === true) return printJson(values);
  if (values.length === 0) return print("The vault is empty: no private value has been replaced yet.");
  const columns = [
    { head: "ID" },
    { head: "SESSION" },
    { head: "SINCE" },
    { head: reveal === true ? "VALUE" : "STATE" },
  ];
  const shown = values.map((row) => [row.id, row.session, row.addedAt, row.value ?? row.state]);
  print(table(columns, shown));
  if (values.some(({ state }) => state === "unreadable")) {
    print(
      "Unreadable values were sealed with another key. Put the old vault.key back into the home to read them again.",
    );
  }
}

async function forget(ids: readonly string[], { session, all, json }: ForgetOptions): Promise<void> {
  const ways = [ids.length > 0, session !== undefined, all === true].filter(Boolean).length;
  if (ways !== 1) throw usage("Name what to forget: placeholders, or --session, or --all; one of them.");
  const { forgotten } = await withHelper(async (connection) => {
    const chosen = session === undefined ? undefined : await resolveSession(connection, session);
    return connection.request("vault.forget", {
      ids: ids.length > 0 ? [...ids] : undefined,
      session: chosen,
      isAll: all === true,
    });
  });
  if (json === true) return printJson({ forgotten });
  print(forgotten === 1 ? "Forgot 1 value." : `Forgot ${forgotten} values.`);
}
