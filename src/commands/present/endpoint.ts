import { type EndpointRow, REHEARSAL_ENDPOINT } from "../../protocol/config.ts";
import type { FoundEndpoint } from "../../protocol/endpoint-profile.ts";
import { ago, plural } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";

/** What people call the capabilities, in the order in which they are shown. */
const CAPABILITY_NAMES: readonly (readonly [name: string, label: string])[] = [
  ["reachable", "reachable"],
  ["dialect", "dialect"],
  ["runtime", "runtime"],
  ["models", "models"],
  ["loadedWindow", "window, loaded"],
  ["observedWindow", "window, observed"],
  ["claimedWindow", "window, claimed"],
  ["slots", "requests at once"],
  ["countTokens", "counts tokens"],
  ["toolChoice", "tool choice"],
  ["parallelTools", "parallel tools"],
  ["vision", "images"],
  ["thinking", "thinking"],
  ["cacheReporting", "cache"],
  ["overflow", "window full"],
  ["prefillRate", "reads"],
  ["decodeRate", "writes"],
];
const UNITS: Readonly<Record<string, string>> = {
  loadedWindow: " tokens",
  observedWindow: " tokens",
  claimedWindow: " tokens",
  prefillRate: " tokens/s",
  decodeRate: " tokens/s",
};

/** An endpoint in two lines; of its secrets only whether there are any. */
export function endpointLine(row: EndpointRow): string {
  const { name, isActive, model, url, dialect, trust, hasKey, auth, headers, models, ca, proxy } = row;
  const login = row.hasProxyLogin ? " with a login" : "";
  const parts = [
    dialect,
    windowWords(row),
    trust,
    hasKey ? `key sent as ${auth}` : "no key",
    ...(headers.length === 0 ? [] : [`headers ${headers.join(", ")}`]),
    ...(models?.fast === undefined ? [] : [`fast ${models.fast}`]),
    ...(models?.summariser === undefined ? [] : [`summariser ${models.summariser}`]),
    ...(ca === undefined ? [] : [`certificates ${ca}`]),
    ...(proxy === undefined ? [] : [`through ${proxy}${login}`]),
  ];
  return `${name}${isActive ? " (asked)" : ""}: ${model} at ${url}\n  ${parts.join(" · ")}`;
}

/** Which secrets went with the address that they were given for; undefined where none did. */
export function forgottenWords(before: EndpointRow, now: EndpointRow): string | undefined {
  if (before.url === now.url) return undefined;
  const gone = [
    ...(before.hasKey && !now.hasKey ? [["key", "--key-stdin"]] : []),
    ...(before.headers.some((name) => !now.headers.includes(name)) ? [["headers", "--header NAME=value"]] : []),
  ];
  if (gone.length === 0) return undefined;
  const what = gone.map(([name]) => name).join(" and ");
  const again = gone.map(([, flag]) => flag).join(" ");
  return `Its ${what} were for the old address and are forgotten. Give them again: loopd endpoints set ${now.name} ${again}`;
}

/** `8192`, and `4096?` where nobody said so. The rehearsal model has no window. */
export function windowCell({ name, usableWindow: { tokens, source } }: EndpointRow): string {
  if (name === REHEARSAL_ENDPOINT) return "none";
  return source === "assumed" ? `${tokens}?` : String(tokens);
}

/** `8192 tokens (loaded, not the 262144 declared)`. */
function windowWords({ name, window = 0, usableWindow: { tokens, source } }: EndpointRow): string {
  if (name === REHEARSAL_ENDPOINT) return "no window";
  if (source === "declared") return `${tokens} tokens`;
  return `${tokens} tokens (${source}${window > tokens ? `, not the ${window} declared` : ""})`;
}

/** What is known of an endpoint: what, value, source and when, at `now` in milliseconds since the Unix epoch. */
export function capabilityRows({ capabilities }: EndpointRow, now: number): string[][] {
  return CAPABILITY_NAMES.flatMap(([name, label]) => {
    const known = capabilities[name];
    if (known === undefined) return [];
    const value =
      typeof known.value === "boolean" ? (known.value ? "yes" : "no") : `${known.value}${UNITS[name] ?? ""}`;
    return [[label, oneLine(value, 100), oneLine(known.source, 80), ago(known.at, now)]];
  });
}

/** How well tokens are counted, a line for each model. */
export function countingLines({ counting }: EndpointRow): string[] {
  return counting.map(({ model, factor, error, requests }) => {
    const rate = `${(3.5 / factor).toFixed(2)} bytes a token`;
    return `Counting for ${oneLine(model, 80)}: ${rate}, learnt from ${plural(requests, "request")}, error ${(error * 100).toFixed(1)} %`;
  });
}

/** The command that adds a runtime which was found; for a person to look at and to paste. */
export function addCommand({ name, url, dialect, models }: FoundEndpoint): string {
  return `loopd endpoints add ${name} --url ${url} --dialect ${dialect} --model ${models[0] ?? "MODEL"} --use`;
}

/** A runtime that was found, in a line. */
export function foundLine({ runtime, url, models, window, knownAs }: FoundEndpoint): string {
  const who = runtime === "unknown" ? "A server that lists models" : runtime;
  const [first = "no model", ...others] = models;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const tokens = window === undefined ? "" : `, ${window} tokens loaded`;
  const known = knownAs.length === 0 ? "" : ` (already there as ${knownAs.join(", ")})`;
  return `${who} at ${url}: ${oneLine(first, 100)}${more}${tokens}${known}`;
}
