import { type Command, Option } from "commander";
import { type EndpointChanges, type EndpointRow, endpointProfileSchema } from "../../protocol/config.ts";
import { usage } from "./failure.ts";
import { trustOf } from "./endpoint-options.ts";
import { withHelper } from "./helper-access.ts";
import { examples, wholeNumber } from "./options.ts";
import { print, printJson } from "./print.ts";
import { readStandardInput } from "./prompt-text.ts";
import { table } from "./table.ts";

interface ProfileOptions extends EndpointChanges {
  keyEnv?: string;
  keyStdin?: boolean;
  use?: boolean;
  json?: boolean;
}
type JsonOption = { json?: boolean };

const { dialect, auth, trust } = endpointProfileSchema.shape;

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

  one(endpoints, "show", "Show an endpoint.").action(async (name: string, options: JsonOption) =>
    printRow((await withHelper((connection) => connection.request("endpoint.show", { name }))).endpoint, options),
  );
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

function one(endpoints: Command, verb: "show" | "use", description: string): Command {
  return endpoints
    .command(verb)
    .argument("<name>", "the endpoint")
    .description(description)
    .option("--json", "print JSON")
    .addHelpText("after", examples(`loopd endpoints ${verb} local`));
}

function profileOptions(command: Command, need: "required" | "optional"): Command {
  const isRequired = need === "required";
  return command
    .argument("<name>", "what to call it")
    .addOption(new Option("--url <url>", "its address").makeOptionMandatory(isRequired))
    .addOption(new Option("--model <model>", "the model to ask for").makeOptionMandatory(isRequired))
    .addOption(new Option("--dialect <dialect>", "the API it speaks (default: anthropic)").choices(dialect.options))
    .option("--window <tokens>", "its context window in tokens", wholeNumber(1024, 100_000_000))
    .addOption(new Option("--auth <how>", "how the key is sent").choices(auth.unwrap().options))
    .addOption(new Option("--trust <where>", "whether text leaves this machine").choices(trust.unwrap().options))
    .option("--api-version <version>", "value of the anthropic-version header")
    .option("--vision", "the model takes images")
    .option("--no-vision", "it takes none")
    .option("--slots <n>", "requests that it works on at once", wholeNumber(1, 64))
    .option("--key-env <variable>", "read the key from this environment variable")
    .addOption(new Option("--key-stdin", "read the key from standard input").conflicts("keyEnv"))
    .option("--json", "print JSON");
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
    row.window === undefined ? "?" : String(row.window),
    row.trust,
    row.hasKey ? "yes" : "no",
    row.url,
  ]);
  print(table(columns, rows));
}

async function add(name: string, options: ProfileOptions): Promise<void> {
  const key = await keyOf(options);
  const { url = "", model = "" } = options;
  const defaults = {
    dialect: "anthropic",
    auth: key === undefined ? "none" : "x-api-key",
    trust: trustOf(url),
  } as const;
  const profile = { ...defaults, ...changesOf(options), url, model };
  const { endpoint } = await withHelper((connection) =>
    connection.request("endpoint.add", { name, profile, key, use: options.use === true }),
  );
  printRow(endpoint, options);
  if (options.json !== true && !endpoint.isActive)
    print(`Ask it with --endpoint ${name}, or always: loopd endpoints use ${name}`);
}

async function set(name: string, options: ProfileOptions): Promise<void> {
  const key = await keyOf(options);
  const changes = changesOf(options);
  if (key === undefined && Object.keys(changes).length === 0) {
    throw usage("There is nothing to change. Example: loopd endpoints set local --model qwen3-coder");
  }
  const { endpoint } = await withHelper(async (connection) => {
    // A key is of no use to an endpoint that sends none.
    const before = key === undefined ? undefined : (await connection.request("endpoint.show", { name })).endpoint;
    const how = before?.auth === "none" && changes.auth === undefined ? { auth: "x-api-key" as const } : {};
    return connection.request("endpoint.set", { name, changes: { ...changes, ...how }, key });
  });
  printRow(endpoint, options);
}

/** The parts of a profile that the flags name, and no others. */
function changesOf(options: ProfileOptions): EndpointChanges {
  const { url, model, dialect: spoken, window, auth: how, trust: where, apiVersion, vision, slots } = options;
  const all = { url, model, dialect: spoken, window, auth: how, trust: where, apiVersion, vision, slots };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

async function keyOf({ keyEnv, keyStdin }: ProfileOptions): Promise<string | undefined> {
  if (keyEnv !== undefined) {
    const key = process.env[keyEnv]?.trim();
    if (!key) throw usage(`The environment variable ${keyEnv} is not set or empty. Export it, or use --key-stdin.`);
    return key;
  }
  if (keyStdin !== true) return undefined;
  if (process.stdin.isTTY) process.stderr.write("Paste the key, then Enter and Ctrl-D:\n");
  const key = (await readStandardInput("key")).trim();
  if (key === "" || /\s/.test(key)) throw usage("Standard input held no key, or more than one word.");
  return key;
}

function printRow(row: EndpointRow, { json }: JsonOption): void {
  if (json === true) return printJson(row);
  const window = row.window === undefined ? "unknown window" : `${row.window} tokens`;
  const key = row.hasKey ? `key sent as ${row.auth}` : "no key";
  print(
    `${row.name}${row.isActive ? " (asked)" : ""}: ${row.model} at ${row.url}\n  ${row.dialect} · ${window} · ${row.trust} · ${key}`,
  );
}
