import { type Command, Option } from "commander";
import type { Connection } from "../../protocol/connect.ts";
import { asLoopdError, exitCodeOf, LoopdError } from "../../protocol/errors.ts";
import type { Rule } from "../../protocol/values.ts";
import { ruleWords } from "../present/rule.ts";
import { periodOption, reachOption } from "./answer-approvals.ts";
import { answeredBy } from "./card-desk.ts";
import { ExitWith, sayFailure, usage } from "./failure.ts";
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
    .command("add")
    .argument("<approval>", "an approval that you gave, or the beginning of its id")
    .description(
      "Allow for longer what you have approved once: the same command, files, hosts, control or server's tool.",
    )
    .addOption(new Option("--scope <scope>", "where it holds").choices(["session", "always"]).default("session"))
    .addOption(new Option("--for <time>", "how long it holds: 30m, 24h, 7d").argParser(periodOption))
    .addOption(reachOption())
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd grants add t7qd.1.0#1 --scope always --for 24h"))
    .action(add);

  grants
    .command("revoke")
    .argument("[id...]", "grants, as list shows them, or the beginning of an id")
    .option("--all", "every grant")
    .option("--json", "print JSON")
    .description("Take grants back; the next such call asks again.")
    .addHelpText("after", examples("loopd grants revoke --all"))
    .action(revoke);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const grants = await withHelper(grantsOf);
  if (json === true) return printJson(grants);
  if (grants.length === 0) return print("You have granted nothing beyond single calls.");
  const columns = [{ head: "ID" }, { head: "STATE" }, { head: "ALLOWS" }];
  print(
    table(
      columns,
      grants.map((rule) => [rule.id, isOver(rule) ? "expired" : "holds", ruleWords(rule)]),
    ),
  );
}

type AddOptions = { scope: "session" | "always"; for?: string; reach: "same" | "app"; json?: boolean };

async function add(cardId: string, { scope, for: holdsFor, reach, json }: AddOptions): Promise<void> {
  const params = { cardId, scope, holdsFor, reach, by: answeredBy() };
  const { rule } = await withHelper((connection) => connection.request("grant.add", params));
  if (json === true) return printJson(rule);
  print(`Granted ${rule.id}: ${ruleWords(rule)}`);
}

async function revoke(ids: readonly string[], { all, json }: { all?: boolean; json?: boolean }): Promise<void> {
  if ((all === true) === ids.length > 0) throw usage("Name the grants by id, or all of them with --all.");
  const exitCode = await withHelper(async (connection) => {
    const grants = await grantsOf(connection);
    const revoked: Rule[] = [];
    let worst = 0;
    for (const id of all === true ? grants.map((rule) => rule.id) : ids) {
      try {
        const { rule } = await connection.request("rule.remove", { id: grantNamed(grants, id) });
        revoked.push(rule);
        if (json !== true) print(`Revoked ${rule.id}.`);
      } catch (thrown) {
        const error = asLoopdError(thrown);
        sayFailure(error, json === true ? "json" : "words");
        worst ||= exitCodeOf(error.code);
      }
    }
    if (json === true) printJson(revoked);
    else if (grants.length === 0 && all === true) print("There is nothing to revoke.");
    return worst;
  });
  throw new ExitWith(exitCode);
}

/** The id that is meant; other rules than grants are never meant here. */
function grantNamed(grants: readonly Rule[], id: string): string {
  const starting =
    id === "" ? [] : grants.filter((rule) => rule.id.startsWith(id) || rule.id.startsWith(`grant-${id}`));
  const exact = grants.find((rule) => rule.id === id);
  const [only, other] = exact === undefined ? starting : [exact];
  if (only !== undefined && other === undefined) return only.id;
  if (only === undefined)
    throw new LoopdError("unknown-rule", `There is no grant ${id}. See them with: loopd grants list`);
  throw new LoopdError("ambiguous-id", `${id} begins the id of ${starting.length} grants. Give more of it.`);
}

async function grantsOf(connection: Connection): Promise<Rule[]> {
  const { rules } = await connection.request("rule.list", {});
  return rules.filter((rule) => rule.layer === "grant");
}

function isOver({ grant }: Rule): boolean {
  return grant?.expiresAt !== undefined && grant.expiresAt <= Date.now();
}
