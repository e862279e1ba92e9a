import { randomBytes } from "node:crypto";
import { type Command, Option } from "commander";
import { configRuleSchema } from "../../protocol/config.ts";
import type { ParamsOf, ResultOf } from "../../protocol/requests.ts";
import type { Json } from "../../protocol/values.ts";
import { ruleWords } from "../present/rule.ts";
import { usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples, several } from "./options.ts";
import { print, printJson, say } from "./print.ts";
import { standingFolder } from "./program-name.ts";
import { resolveSession } from "./resolve-session.ts";
import { table } from "./table.ts";

const DECISIONS = { allow: "execute", ask: "requiresApproval", deny: "deny" } as const;

interface AddOptions {
  id?: string;
  tool?: string[];
  effect?: string[];
  path?: string[];
  command?: string;
  domain?: string[];
  app?: string[];
  window?: string[];
  when?: string;
  reason?: string;
  expiresIn?: string;
  json?: boolean;
}
interface TestOptions {
  tool: string;
  args: string;
  session?: string;
  origin: "user" | "routine" | "delegate";
  taint?: string[];
  env?: string[];
  trust: "local" | "remote";
  json?: boolean;
}

const listOf = (value: string, before: string[] = []): string[] => [...before, ...value.split(",")];

/** `loopd rules`: what runs, what asks and what is forbidden. */
export function addRules(program: Command): void {
  const rules = program
    .command("rules")
    .description("See and change what runs, what asks you and what is forbidden.")
    .addHelpText(
      "after",
      examples(
        "loopd rules list",
        "loopd rules add deny --tool shell_run --command rm",
        'loopd rules test --tool shell_run --args \'{"command":"git status"}\'',
      ),
    );

  rules
    .command("list")
    .description("Every rule, in the order in which layers answer; what you granted at cards comes last.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd rules list", "loopd rules list --json"))
    .action(list);

  rules
    .command("add")
    .argument("<decision>", "allow, ask or deny")
    .description(
      "Add a rule to config.json, before those there: the first that matches answers. Conditions of one kind are alternatives; kinds must all hold.",
    )
    .option("--id <id>", "what to call it (default: a name of its own)")
    .option("--tool <names>", "tools; `server__*` for all of a server", listOf)
    .option("--effect <effects>", "read, state, write, exec, ui, network, schedule", listOf)
    .option("--path <glob>", "files, such as ~/private or **/.env; may be repeated", several)
    .option("--command <words>", "how a command begins, such as: git push")
    .option("--domain <glob>", "hosts, such as *.example.com; may be repeated", several)
    .option("--app <name>", "applications, such as Mail; may be repeated", several)
    .option("--window <glob>", "titles of windows, such as *Bank*; may be repeated", several)
    .option("--when <json>", "any other condition, as in config.json")
    .option("--reason <text>", "what the model and you read")
    .option("--expires-in <time>", "how long a card of this rule waits: 90s, 30m, 24h, 7d")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        "loopd rules add allow --tool shell_run --command git --id git",
        'loopd rules add deny --path "~/private/**" --reason "Private"',
        'loopd rules add deny --app Mail --when \'{"control":{"name":["Send*","Delete*"]}}\'',
        'loopd rules add ask --when \'{"taint":"web *","effect":"write"}\' --expires-in 24h',
      ),
    )
    .action(add);

  rules
    .command("remove")
    .argument("<id>", "a rule of config.json, or a grant")
    .description("Take a rule away; calls after this one are decided without it.")
    .addHelpText("after", examples("loopd rules remove git"))
    .action(remove);

  rules
    .command("test")
    .requiredOption("--tool <name>", "the tool")
    .requiredOption("--args <json>", "its arguments")
    .description("Say which rule would answer a call, and why. Runs nothing.")
    .option("-s, --session <id>", "as a call of this session (default: one in this folder)")
    .addOption(new Option("--origin <who>", "who asks").choices(["user", "routine", "delegate"]).default("user"))
    .option("--taint <source>", "as if text from there had been read, such as: web example.com", several)
    .option("--env <key=value>", "a value of the turn's environment; may be repeated", several)
    .addOption(new Option("--trust <where>", "trust of the endpoint").choices(["local", "remote"]).default("local"))
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        'loopd rules test --tool files_write --args \'{"path":"a.md","text":"x"}\' --taint "web example.com"',
        'loopd rules test --tool shell_run --args \'{"command":"git push"}\' --origin routine --json',
        'loopd rules test --tool screen_read --args \'{"app":"Mail"}\'',
      ),
    )
    .action(test);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const { rules, problem } = await withHelper((connection) => connection.request("rule.list", {}));
  sayProblem(problem);
  if (json === true) return printJson(rules);
  const columns = [{ head: "LAYER" }, { head: "ID" }, { head: "ANSWER" }, { head: "WHEN" }];
  print(
    table(
      columns,
      rules.map((rule) => [rule.layer, rule.id, rule.decision, ruleWords(rule)]),
    ),
  );
}

async function add(decision: string, options: AddOptions): Promise<void> {
  if (!Object.hasOwn(DECISIONS, decision)) throw usage(`A rule can allow, ask or deny, not "${decision}".`);
  const { tool, effect, path, domain, app, window, command, reason, expiresIn, json } = options;
  const named = {
    tool,
    effect,
    path,
    domain,
    app,
    window,
    command: command?.split(/\s+/).filter((word) => word !== ""),
  };
  const stated = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  const when = { ...parsedJson(options.when ?? "{}", "--when"), ...stated };
  if (Object.keys(when).length === 0) throw usage("A rule without any condition would answer every call; name one.");
  const id = options.id ?? `rule-${randomBytes(3).toString("hex")}`;
  const rule = { id, when, decision: DECISIONS[decision as keyof typeof DECISIONS], reason, expiresIn };
  const parsed = configRuleSchema.safeParse(rule);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw usage(`The rule is not valid at ${issue?.path.join(".") ?? "its top"}: ${issue?.message ?? "unknown"}.`);
  }
  const added = await withHelper((connection) => connection.request("rule.add", { rule: parsed.data }));
  if (json === true) return printJson(added.rule);
  print(`Added ${added.rule.id}: ${added.rule.decision} when ${ruleWords(added.rule)}`);
}

async function remove(id: string): Promise<void> {
  const { rule } = await withHelper((connection) => connection.request("rule.remove", { id }));
  print(`Removed ${rule.id}, which said ${rule.decision} when ${ruleWords(rule)}`);
}

async function test(options: TestOptions): Promise<void> {
  const { tool, origin, trust, taint = [], env = [], json } = options;
  const pairs = env.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw usage(`--env takes key=value, not "${pair}".`);
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  const result = await withHelper(async (connection) => {
    const session = options.session === undefined ? undefined : await resolveSession(connection, options.session);
    const params: ParamsOf<"rule.test"> = {
      ...{
        tool,
        arguments: parsedJson(options.args, "--args"),
        session,
        workspace: standingFolder(process.env, process.cwd()),
      },
      ...{ origin, taints: taint, env: Object.fromEntries(pairs), endpointTrust: trust },
    };
    return connection.request("rule.test", params);
  });
  sayProblem(result.problem);
  if (json === true) return printJson(result);
  print(verdictText(result));
}

function sayProblem(problem: string | undefined): void {
  if (problem !== undefined) say(`The rules are those of the last config.json that was valid. ${problem}`);
}

function verdictText({ decision, ruleId, reason, causes, heard, facts, unasked }: ResultOf<"rule.test">): string {
  const lines = [`${decision}, because of ${ruleId}${reason === undefined ? "" : `: ${reason}`}`];
  for (const { layer, ruleId: id, decision: said } of heard) lines.push(`  ${layer.padEnd(8)} ${id} says ${said}`);
  if (unasked.length > 0) lines.push(`  hooks    ${unasked.join(", ")}: a real call asks them too; this test does not`);
  if (facts.refusal !== undefined && decision !== "deny")
    lines.push(`  refused  the call would end with these words, and nobody is asked: ${facts.refusal}`);
  for (const { type, source } of causes) lines.push(`  cause    ${type}: ${source}`);
  lines.push(`  facts    ${JSON.stringify({ ...facts, hash: undefined })}`);
  return lines.join("\n");
}

function parsedJson(text: string, option: string): { [key: string]: Json } {
  try {
    const value = JSON.parse(text) as Json;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, in the same words.
  }
  throw usage(`${option} takes a JSON object, such as {"command":"git status"}; this is not one: ${text.slice(0, 80)}`);
}
