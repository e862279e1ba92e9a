import type { Command } from "commander";
import type { EndpointRow } from "../../protocol/config.ts";
import { capabilityRows, countingLines, endpointLine, forgottenWords, windowCell } from "../present/endpoint.ts";
import { addDetect } from "./endpoint-detect.ts";
import { changesOf, profileOptions, type ProfileFlags, secretsOf } from "./endpoint-flags.ts";
import { trustOf, usualAuth } from "./endpoint-options.ts";
import { usage } from "./failure.ts";
import { withHelper } from "./helper-access.ts";
import { examples } from "./options.ts";
import { print, printJson, say } from "./print.ts";
import { table } from "./table.ts";

type JsonOption = { json?: boolean };

/** `loopd endpoints`: where models live. */
export function addEndpoints(program: Command): void {
  const endpoints = program
    .command("endpoints")
    .description("Say where models live, and which one is asked.")
    .addHelpText(
      "after",
      examples(
        "loopd endpoints add local --url http://127.0.0.1:8080 --model qwen3 --window 32768 --use",
        "loopd endpoints use local",
      ),
    );

  endpoints
    .command("list")
    .description("List endpoints; * marks the one that is asked.")
    .option("--json", "print JSON")
    .addHelpText("after", examples("loopd endpoints list --json"))
    .action(list);

  one(endpoints, "show", "Show an endpoint and what is known of it.").action(
    async (name: string, options: JsonOption) =>
      printAll((await withHelper((connection) => connection.request("endpoint.show", { name }))).endpoint, options),
  );
  one(endpoints, "probe", "Find out what an endpoint can do, with a few short requests, and keep it.").action(probe);
  addDetect(endpoints);
  one(endpoints, "use", "Ask this endpoint from now on.").action(async (name: string, options: JsonOption) =>
    printRow((await withHelper((connection) => connection.request("endpoint.use", { name }))).endpoint, options),
  );
  endpoints
    .command("remove")
    .argument("<name>", "the endpoint")
    .description("Forget an endpoint and its key.")
    .addHelpText("after", examples("loopd endpoints remove local"))
    .action(async (name: string) => {
      await withHelper((connection) => connection.request("endpoint.remove", { name }));
      print(`Removed ${name} and its key.`);
    });

  profileOptions(endpoints.command("add"), "required")
    .description("Add an endpoint.")
    .option("--use", "ask it from now on")
    .addHelpText(
      "after",
      examples(
        "loopd endpoints add local --url http://127.0.0.1:8080 --dialect anthropic --model qwen3 --window 32768 --use",
        "loopd endpoints add cloud --url https://api.anthropic.com --model claude-sonnet-4-5 --key-env ANTHROPIC_API_KEY",
      ) + "\n\nA key is read now and kept in secrets.json, readable by you alone; it is never shown again.",
    )
    .action(add);

  profileOptions(endpoints.command("set"), "optional")
    .description("Change an endpoint; what is not named stays as it is.")
    .addHelpText(
      "after",
      examples(
        "loopd endpoints set local --model qwen3-coder",
        "pass show api | loopd endpoints set cloud --key-stdin",
      ),
    )
    .action(set);
}

function one(endpoints: Command, verb: "show" | "use" | "probe", description: string): Command {
  return endpoints
    .command(verb)
    .argument("<name>", "the endpoint")
    .description(description)
    .option("--json", "print JSON")
    .addHelpText("after", examples(`loopd endpoints ${verb} local`));
}

async function list({ json }: JsonOption): Promise<void> {
  const { endpoints } = await withHelper((connection) => connection.request("endpoint.list", {}));
  if (json === true) return printJson(endpoints);
  const columns = [
    { head: "" },
    { head: "NAME" },
    { head: "MODEL" },
    { head: "DIALECT" },
    { head: "WINDOW", align: "right" as const },
    { head: "TRUST" },
    { head: "KEY" },
    { head: "URL" },
  ];
  const rows = endpoints.map((row) => [
    row.isActive ? "*" : " ",
    row.name,
    row.model,
    row.dialect,
    windowCell(row),
    row.trust,
    row.hasKey ? "yes" : "no",
    row.url,
  ]);
  print(table(columns, rows));
}

async function probe(name: string, options: JsonOption): Promise<void> {
  const { endpoint } = await withHelper(async (connection) => {
    await connection.request("endpoint.show", { name });
    if (name !== "rehearsal") say(`Asking ${name} a few short questions …`);
    return connection.request("endpoint.probe", { name });
  });
  printAll(endpoint, options);
  const spoken = endpoint.capabilities["dialect"]?.value;
  if (options.json !== true && spoken !== endpoint.dialect)
    say(`It speaks ${spoken}, not ${endpoint.dialect}. Change it: loopd endpoints set ${name} --dialect ${spoken}`);
}

async function add(name: string, options: ProfileFlags): Promise<void> {
  const secrets = await secretsOf(options);
  const { url = "", model = "", dialect = "anthropic" } = options;
  const auth = secrets.key === undefined ? "none" : usualAuth(dialect);
  const { window, ca, proxy, models, ...changes } = changesOf(options);
  const others = {
    ...{ window: window ?? undefined, ca: ca ?? undefined, proxy: proxy ?? undefined },
    models: { fast: models?.fast ?? undefined, summariser: models?.summariser ?? undefined },
  };
  const defaults = { dialect, auth, trust: trustOf(url) } as const;
  const profile = { ...defaults, ...changes, ...others, url, model };
  const { endpoint } = await withHelper((connection) =>
    connection.request("endpoint.add", { name, profile, ...secrets, use: options.use === true }),
  );
  printRow(endpoint, options);
  if (options.json !== true && !endpoint.isActive)
    print(`Ask it with --endpoint ${name}, or always: loopd endpoints use ${name}`);
}

async function set(name: string, options: ProfileFlags): Promise<void> {
  const secrets = await secretsOf(options);
  const changes = changesOf(options);
  const isBare = Object.values(secrets).every((secret) => secret === undefined);
  if (isBare && Object.keys(changes).length === 0) {
    throw usage("There is nothing to change. Example: loopd endpoints set local --model qwen3-coder");
  }
  const { before, endpoint } = await withHelper(async (connection) => ({
    before: (await connection.request("endpoint.show", { name })).endpoint,
    endpoint: (await connection.request("endpoint.set", { name, changes, ...secrets })).endpoint,
  }));
  printRow(endpoint, options);
  const lost = forgottenWords(before, endpoint);
  if (options.json !== true && lost !== undefined) say(lost);
}

function printRow(row: EndpointRow, { json }: JsonOption): void {
  if (json === true) printJson(row);
  else print(endpointLine(row));
}

function printAll(row: EndpointRow, options: JsonOption): void {
  printRow(row, options);
  if (options.json === true) return;
  const rows = capabilityRows(row, Date.now());
  const columns = [{ head: "WHAT" }, { head: "VALUE" }, { head: "SOURCE" }, { head: "WHEN" }];
  if (rows.length > 0) print(`\n${table(columns, rows)}`);
  if (row.capabilities["reachable"] === undefined) print(`Not probed yet: loopd endpoints probe ${row.name}`);
  for (const line of countingLines(row)) print(line);
}
