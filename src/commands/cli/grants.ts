import type { Command } from "commander";
import { ruleWords } from "../present/rule.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson } from "./print.ts";
import { table } from "./table.ts";

/** `loopd grants`: what you have allowed for longer than one call. */
export function addGrants(program: Command): void {
  const grants = program
    .command("grants")
    .description("List and revoke what you have allowed for a session or for always.")
    .addHelpText("after", examples("loopd grants list", "loopd grants revoke grant-t7qd.1.0#1"));

  grants
    .command("list")
    .description("Show every grant: what it matches, where it holds, and whose word it is.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd grants list --json"))
    .action(list);

  grants
    .command("revoke")
    .argument("[id...]", "grants, as list shows them")
    .option("--all", "every grant")
    .description("Take grants back; the next such call asks again.")
    .addHelpText("after", examples("loopd grants revoke --all"))
    .action(revoke);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const { rules } = await withHelper((connection) => connection.request("rule.list", {}));
  const grants = rules.filter((rule) => rule.layer === "grant");
  if (json === true) return printJson(grants);
  if (grants.length === 0) return print("You have granted nothing beyond single calls.");
  print(
    table(
      [{ head: "ID" }, { head: "ALLOWS" }],
      grants.map((rule) => [rule.id, ruleWords(rule)]),
    ),
  );
}

async function revoke(ids: readonly string[], { all }: { all?: boolean }): Promise<void> {
  await withHelper(async (connection) => {
    const { rules } = await connection.request("rule.list", {});
    const known = rules.filter((rule) => rule.layer === "grant").map(({ id }) => id);
    const wanted = all === true ? known : ids;
    for (const id of wanted) {
      await connection.request("rule.remove", { id });
      print(`Revoked ${id}.`);
    }
    if (wanted.length === 0) print("Nothing to revoke. See grants with: loopd grants list");
  });
}
