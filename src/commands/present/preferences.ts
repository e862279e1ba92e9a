import { endpointProfileSchema, type EndpointRow } from "../../protocol/config.ts";
import type { KeptEndpoint } from "../../protocol/endpoint-profile.ts";
import type { Millis } from "../../protocol/values.ts";
import { ago } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";

/** Name of the profile that the preferences pane owns. */
export const OWN_PROFILE = "raycast";

/** The preferences pane as Raycast hands it over: whatever is left empty is absent or "". */
export interface Preferences {
  endpointUrl?: string;
  endpointDialect?: string;
  endpointKey?: string;
  endpointModel?: string;
  endpointWindow?: string;
  endpointTrust?: string;
  /** Whether turns that Raycast asks wait for a person, or do without what needs one. */
  approvals?: string;
  /** Absolute path. */
  workspace?: string;
  pushToMenuBar?: boolean;
}

/** What the pane says about an endpoint. */
export type PreferredEndpoint =
  | { type: "none" }
  | { type: "mistake"; words: string }
  | { type: "endpoint"; profile: KeptEndpoint["profile"]; key: string | undefined };

/** The endpoint of the pane. It has one as soon as an address is filled in. */
export function preferredEndpoint(preferences: Preferences): PreferredEndpoint {
  const said = (text: string | undefined) => text?.trim() ?? "";
  const url = said(preferences.endpointUrl);
  const model = said(preferences.endpointModel);
  const key = said(preferences.endpointKey);
  if (url === "") return { type: "none" };
  const { dialect, url: urls, window: windows } = endpointProfileSchema.shape;
  if (!urls.safeParse(url).success) {
    return mistake(`Endpoint URL: “${oneLine(url, 80)}” is no address such as http://127.0.0.1:8080.`);
  }
  if (model === "") return mistake("Model: name the model that the endpoint is to run.");
  const window = windowFrom(said(preferences.endpointWindow));
  if (window !== undefined && !windows.safeParse(window).success) {
    return mistake("Context Window: give a whole number of tokens, at least 1,024, or leave it empty.");
  }
  if (!/^[\x21-\x7e]*$/.test(key))
    return mistake("Key: a key has no spaces and no other signs than ASCII. Copy it again.");
  const profile = {
    ...{ url, model, window },
    dialect: dialect.catch("anthropic").parse(preferences.endpointDialect),
    trust: preferences.endpointTrust === "local" ? ("local" as const) : ("remote" as const),
  };
  return { type: "endpoint", profile, key: key === "" ? undefined : key };
}

function mistake(words: string): PreferredEndpoint {
  return { type: "mistake", words };
}

/** `8192`, `8,192`, `8 192`; NaN for anything else. Undefined where nothing is said. */
function windowFrom(text: string): number | undefined {
  if (text === "") return undefined;
  return /^\d{1,3}([,_ ]?\d{3})*$|^\d+$/.test(text) ? Number(text.replaceAll(/[,_ ]/g, "")) : Number.NaN;
}

const FAILURES: Readonly<Record<string, string>> = {
  "endpoint-unreachable": "nothing answered there",
  "endpoint-unauthorized": "the server refused the key",
  "endpoint-not-found": "the server knows no such path or model",
  "endpoint-timed-out": "no answer came in time",
  "endpoint-bad-response": "what answers there speaks neither dialect",
  "endpoint-rate-limited": "the server took no more requests",
  "endpoint-overloaded": "the server was overloaded",
};

/** What is wrong with what would be asked: a mistake in the pane, else what was found out about the endpoint in use. */
export function preferredProblem(
  preferences: Preferences,
  active: EndpointRow | undefined,
  now: Millis,
): string | undefined {
  const preferred = preferredEndpoint(preferences);
  if (preferred.type === "mistake") return `The preferences are not right. ${preferred.words}`;
  return active === undefined ? undefined : endpointProblem(active, now);
}

/** What is wrong with an endpoint as far as the last look at it tells, in a sentence or two; undefined where nothing is. */
function endpointProblem(row: EndpointRow, now: Millis): string | undefined {
  const { reachable, dialect } = row.capabilities;
  const whose = row.name === OWN_PROFILE ? "The endpoint of the preferences" : `The endpoint ${row.name}`;
  if (reachable?.value === false) {
    const why = FAILURES[reachable.source] ?? `it failed (${reachable.source})`;
    return `${whose} did not work when loopd last looked, ${ago(reachable.at, now)}: at ${row.url}, ${why}.`;
  }
  if (dialect === undefined || dialect.value === row.dialect) return undefined;
  return `${whose} is set to the dialect ${row.dialect}, but the server answers in ${oneLine(String(dialect.value), 20)}.`;
}
