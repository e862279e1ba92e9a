import type { EndpointProfile } from "../../src/protocol/config.ts";
import type { Capabilities } from "../../src/protocol/endpoint-profile.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { type Asked, badResponse, type EndpointFailure } from "./endpoint-failure.ts";
import { type EndpointFetch, type EndpointSecrets, fetchFor, serverRoot } from "./endpoint-fetch.ts";
import { failureOfNetwork } from "./network-failure.ts";
import { type Findings, measureAbilities } from "./probe-abilities.ts";
import { type Chatted, createProbeChat } from "./probe-chat.ts";
import { DIALECT_PATHS } from "./probe-dialect.ts";
import { fetchBounded } from "./probe-fetch.ts";
import { type Ask, lookAtRuntime } from "./probe-runtime.ts";
import { failureOfStatus } from "./status-failure.ts";

/** Whom to probe, and how long. */
export interface ProbeOptions extends EndpointSecrets {
  name: string;
  profile: EndpointProfile;
  /** Wall time that stands beside every value. */
  now: Date;
  signal: AbortSignal;
  limits?: ProbeLimits;
}

/** Times in milliseconds. */
export interface ProbeLimits {
  /** One look at what the server says of itself. */
  look: Millis;
  /** The first request, which may have to load the model. */
  first: Millis;
  /** Each further request. */
  request: Millis;
}

/** What a probe came to. With a failure, the capabilities say only that. */
export interface Probed {
  capabilities: Capabilities;
  failure?: EndpointFailure;
}

const LIMITS: ProbeLimits = { look: 4_000, first: 90_000, request: 30_000 };
/** Names that can be shown and pasted into a shell as they are. */
const PLAIN_NAME = /^[\w][\w.:/@+-]{0,199}$/;
const MAX_NAMES = 8;

/** Model names of a stranger, those that are fit to be shown. */
export function plainNames(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => PLAIN_NAME.test(name));
}

/** The JSON of a server's paths, as a look at its runtime needs it; anything but status 200 counts as nothing. */
export function askOf(fetch: EndpointFetch, root: string, signal: AbortSignal, limitMs: Millis): Ask {
  return async (path, body) => {
    const fetched = await fetchBounded(fetch, `${root}${path}`, body, { signal, limitMs });
    return fetched.type === "json" && fetched.status === 200 ? fetched.value : undefined;
  };
}

/**
 * Finds out what an endpoint can do, with a few short requests, each bounded in time, bytes and tokens. What the server
 * says is believed only where it cannot mislead: rates are timed here, and a window counts only as it is loaded.
 * Rejects only once the signal is aborted.
 */
export async function probeEndpoint(options: ProbeOptions): Promise<Probed> {
  const { name, profile, signal, now, limits = LIMITS, ...secrets } = options;
  const asked: Asked = { name, url: profile.url, model: profile.model, dialect: profile.dialect };
  const dated = (findings: Findings): Capabilities =>
    Object.fromEntries(Object.entries(findings).map(([key, found]) => [key, { ...found, at: now.toISOString() }]));
  const failed = (failure: EndpointFailure): Probed => ({
    capabilities: dated({ reachable: { value: false, source: failure.code } }),
    failure,
  });

  const spoken = await spokenDialect(options, limits);
  if (spoken.dialect === undefined) return failed(failureOfChat(spoken.refused, asked, secrets, limits));
  const { dialect } = spoken;
  const other = { ...profile, dialect };
  const fetch = await fetchFor(other, secrets);
  const ask = askOf(fetch, serverRoot(profile.url), signal, limits.look);
  // After the first answer: now the model is in memory, so that its window is known.
  const report = await lookAtRuntime(ask, profile.model);
  const counting = await countsTokens(options, fetch, limits);
  const abilities = await measureAbilities({
    chat: createProbeChat({ fetch, profile, dialect, signal }),
    limitMs: limits.request,
    loaded: report?.loaded?.tokens,
    vision: report?.vision === undefined ? undefined : { value: report.vision, source: report.runtime },
  });
  const paths = `${DIALECT_PATHS[dialect]} answered${dialect === profile.dialect ? "" : `, ${DIALECT_PATHS[profile.dialect]} did not`}`;
  const names = plainNames(report?.models ?? []);
  const listed =
    names.slice(0, MAX_NAMES).join(", ") + (names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "");
  return {
    capabilities: dated({
      reachable: { value: true, source: paths },
      dialect: { value: dialect, source: paths },
      ...(report === undefined ? {} : { runtime: { value: report.runtime, source: "its own answers" } }),
      ...(listed === "" ? {} : { models: { value: listed, source: "the server's list" } }),
      ...(report?.loaded === undefined ? {} : { loadedWindow: windowOf(report.loaded) }),
      ...(report?.claimed === undefined ? {} : { claimedWindow: windowOf(report.claimed) }),
      ...(report?.slots === undefined ? {} : { slots: { value: report.slots, source: "/props total_slots" } }),
      ...counting,
      ...abilities,
    }),
  };
}

function windowOf({ tokens, source }: { tokens: number; source: string }): Findings[string] {
  return { value: tokens, source };
}

type Spoken =
  { dialect: EndpointProfile["dialect"] } | { dialect?: undefined; refused: Exclude<Chatted, { type: "answered" }> };

/** Which dialect the server answers in: the profile's, else the other one. */
async function spokenDialect({ profile, signal, ...secrets }: ProbeOptions, limits: ProbeLimits): Promise<Spoken> {
  const askIn = async (dialect: EndpointProfile["dialect"]) => {
    const fetch = await fetchFor({ ...profile, dialect }, secrets);
    const chat = createProbeChat({ fetch, profile, dialect, signal });
    return chat.ask({ prompt: "Answer with the word: ready", maxTokens: 32 }, limits.first);
  };
  const refused = await askIn(profile.dialect);
  if (refused.type === "answered") return { dialect: profile.dialect };
  if (refused.type !== "refused" || refused.status === 401 || refused.status === 403) return { refused };
  const dialect = profile.dialect === "anthropic" ? "openai" : "anthropic";
  const second = await askIn(dialect);
  return second.type === "answered" ? { dialect } : { refused };
}

function failureOfChat(
  chatted: Exclude<Chatted, { type: "answered" }>,
  asked: Asked,
  { key }: EndpointSecrets,
  limits: ProbeLimits,
): EndpointFailure {
  if (chatted.type === "failed") return failureOfNetwork(asked, chatted.error, false);
  if (chatted.type === "refused" && chatted.status !== 200) return failureOfStatus(asked, key, chatted);
  if (chatted.type === "refused") return badResponse(asked, "answered in neither dialect", false);
  const message = `The endpoint "${asked.name}" gave no answer in ${limits.first / 1_000} s, so loopd gave up. Look at the model server, then: loopd endpoints probe ${asked.name}`;
  return { code: "endpoint-timed-out", message, isRetryable: true };
}

/** Whether the server counts tokens so that it can be relied on: an integer that grows with the tools. */
async function countsTokens(
  { profile, signal }: ProbeOptions,
  fetch: EndpointFetch,
  limits: ProbeLimits,
): Promise<Findings> {
  const ask = askOf(fetch, serverRoot(profile.url), signal, limits.look);
  const messages = [{ role: "user", content: "How many tokens are these words?" }];
  const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  const tools = [{ name: "weather", description: "Tells the weather of a city.", input_schema: schema }];
  const path = `${DIALECT_PATHS.anthropic}/count_tokens`;
  const [bare, full] = await Promise.all([
    ask(path, { model: profile.model, messages }),
    ask(path, { model: profile.model, messages, tools }),
  ]);
  const [few, many] = [bare, full].map((answer) => (answer as { input_tokens?: unknown } | undefined)?.input_tokens);
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
  const value =
    !isCount(few) || !isCount(many) ? "absent" : many > few ? "counts tools too" : "ignores tools, not used";
  return { countTokens: { value, source: `POST ${path}` } };
}
