import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { type EndpointChanges, endpointProfileSchema } from "../../protocol/config.ts";
import { splitProxy } from "./endpoint-options.ts";
import { usage } from "./failure.ts";
import { keyAndValue } from "./mcp-options.ts";
import { wholeNumber } from "./options.ts";
import { readStandardInput } from "./prompt-text.ts";

/** What `endpoints add` and `set` are called with. */
export interface ProfileFlags extends Pick<
  EndpointChanges,
  "url" | "model" | "dialect" | "auth" | "trust" | "apiVersion" | "vision" | "slots"
> {
  window?: number | false;
  fastModel?: string;
  summariserModel?: string;
  header?: Record<string, string>;
  ca?: string | false;
  proxy?: string | false;
  keyEnv?: string;
  keyStdin?: boolean;
  use?: boolean;
  json?: boolean;
}

const { dialect, auth, trust } = endpointProfileSchema.shape;

/** Gives a command the flags that describe a profile. `required`: address and model must be named. */
export function profileOptions(command: Command, need: "required" | "optional"): Command {
  const isRequired = need === "required";
  command
    .argument("<name>", "what to call it")
    .addOption(new Option("--url <url>", "its address").argParser(httpAddress).makeOptionMandatory(isRequired))
    .addOption(new Option("--model <model>", "the model to ask for").makeOptionMandatory(isRequired))
    .option("--fast-model <model>", "its model for small jobs; empty: none of its own")
    .option("--summariser-model <model>", "its model that writes summaries; empty: none of its own")
    .addOption(new Option("--dialect <dialect>", "the API it speaks (default: anthropic)").choices(dialect.options))
    .option("--window <tokens>", "its context window in tokens", wholeNumber(1024, 100_000_000))
    .addOption(new Option("--auth <how>", "how the key is sent").choices(auth.unwrap().options))
    .addOption(new Option("--trust <where>", "whether text leaves this machine").choices(trust.unwrap().options))
    .option("--api-version <version>", "value of the anthropic-version header")
    .option("--vision", "the model takes images")
    .option("--no-vision", "it takes none")
    .option("--slots <n>", "requests that it works on at once", wholeNumber(1, 64))
    .option("--header <name=value>", "header of every request; may be repeated", oneMore)
    .option("--ca <file>", "PEM file with certificates to trust besides the system's")
    .option("--proxy <url>", "proxy to go through, such as http://user:password@host:3128");
  if (!isRequired) {
    command
      .option("--no-window", "ask the server for its window instead")
      .option("--no-ca", "trust the system's certificates alone")
      .option("--no-proxy", "go there directly");
  }
  return command
    .option("--key-env <variable>", "read the key from this environment variable")
    .addOption(new Option("--key-stdin", "read the key from standard input").conflicts("keyEnv"))
    .option("--json", "print JSON");
}

/** The parts of a profile that the flags name, and no others; what is taken back is `null`. @throws LoopdError `usage` */
export function changesOf(flags: ProfileFlags): EndpointChanges {
  const { url, model, dialect: spoken, auth: how, trust: where, apiVersion, vision, slots } = flags;
  const { fastModel: fast, summariserModel: summariser } = flags;
  const others = { fast: fast === "" ? null : fast, summariser: summariser === "" ? null : summariser };
  return present({
    ...{ url, model, dialect: spoken, auth: how, trust: where, apiVersion, vision, slots },
    window: flags.window === false ? null : flags.window,
    ca: flags.ca === false ? null : flags.ca === undefined ? undefined : resolve(flags.ca),
    proxy: flags.proxy === false ? null : splitProxy(flags.proxy, "--proxy").proxy,
    models: fast === undefined && summariser === undefined ? undefined : present(others),
  });
}

/** What the flags say that is kept apart from the profile. @throws LoopdError `usage`, which repeats none of it */
export async function secretsOf(flags: ProfileFlags) {
  const proxyLogin = flags.proxy === false ? undefined : splitProxy(flags.proxy, "--proxy").proxyLogin;
  return { key: await keyOf(flags), headers: flags.header, proxyLogin };
}

async function keyOf({ keyEnv, keyStdin }: ProfileFlags): Promise<string | undefined> {
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

/** Never repeats what was given: it may hold a password. */
function httpAddress(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? "")) return text;
  throw usage("--url takes an http or https address, such as http://127.0.0.1:8080.");
}

function oneMore(text: string, before: Record<string, string> = {}): Record<string, string> {
  return { ...before, ...keyAndValue("--header", text) };
}

function present<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
