import type { McpServerConfig } from "../../protocol/config.ts";
import { plainLine } from "../visible-text.ts";
import type { Launch } from "./launch.ts";

/** Names of variables and arguments whose values nobody else should read. */
const SECRET_NAME = /key|token|secret|passw|auth|credential|cookie/i;
const SHORTEST_SECRET = 4;
const HIDDEN = "[hidden]";
const MAX_CHARACTERS = 200;

/** Hides a server's secrets in text that it, or something on the way to it, wrote. */
export interface Secrets {
  /** For logs, errors and status: no value of its environment or headers is left. */
  hideAll(text: string): string;
  /** For results: only what is named like a secret, or sent as a header. */
  hideNamed(text: string): string;
}

/** The secrets of a server. */
export function secretsOf(launch: Launch): Secrets {
  if (launch.transport === "stdio") {
    const entries = Object.entries(launch.env);
    const all = entries.map(([, value]) => value);
    const named = entries.filter(([name]) => SECRET_NAME.test(name)).map(([, value]) => value);
    return { hideAll: hider(all), hideNamed: hider(named) };
  }
  const { url, headers } = launch;
  const sent = Object.values(headers).flatMap((value) => [value, value.replace(/^\w+ +/, "")]);
  const inUrl = [url.password, ...url.searchParams.values()];
  return { hideAll: hider([...sent, ...inUrl]), hideNamed: hider([...sent, ...inUrl]) };
}

/** For a server whose configuration could not even be read. */
export const NO_SECRETS: Secrets = { hideAll: (text) => text, hideNamed: (text) => text };

function hider(values: readonly string[]): (text: string) => string {
  const secrets = [...new Set(values)].filter((value) => value.length >= SHORTEST_SECRET);
  const longestFirst = secrets.sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((hidden, secret) => hidden.replaceAll(secret, HIDDEN), text);
}

/** What a person sees of where a server is: its command as configured, or its address; nothing that may be a secret. */
export function placeOfServer({ command, args, url = "" }: McpServerConfig): string {
  if (command !== undefined) return plainLine([command, ...withoutSecrets(args)].join(" "), MAX_CHARACTERS);
  if (!URL.canParse(url)) return plainLine(url.replace(/[?#].*$/s, ""), MAX_CHARACTERS);
  const { protocol, host, pathname } = new URL(url);
  return plainLine(`${protocol}//${host}${pathname}`, MAX_CHARACTERS);
}

/** Arguments without the values of options such as `--api-key`. */
function withoutSecrets(args: readonly string[]): string[] {
  return args.map((word, index) => {
    const [option = "", ...value] = word.split("=");
    if (value.length > 0) return SECRET_NAME.test(option) ? `${option}=${HIDDEN}` : word;
    const before = args[index - 1] ?? "";
    const isValue = before.startsWith("-") && !before.includes("=") && SECRET_NAME.test(before);
    return isValue && !word.startsWith("-") ? HIDDEN : word;
  });
}
