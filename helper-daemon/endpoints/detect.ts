import { endpointProfileSchema } from "../../src/protocol/config.ts";
import type { FoundEndpoint } from "../../src/protocol/endpoint-profile.ts";
import type { Millis } from "../../src/protocol/values.ts";
import { fetchFor } from "./endpoint-fetch.ts";
import { askOf, plainNames } from "./probe.ts";
import { lookAtRuntime, type RuntimeReport } from "./probe-runtime.ts";
import type { Profiles } from "./profiles.ts";

/** Where model runtimes usually listen: llama-server, its kin, Ollama, LM Studio, vLLM, Jan. */
const USUAL_PORTS = [8080, 9931, 11434, 1234, 8000, 1337];
/** For one answer; on this machine it takes milliseconds, and something else may listen there. */
const LOOK_MS: Millis = 1_500;

const NAMES: Readonly<Record<RuntimeReport["runtime"], string>> = {
  "llama-server": "llama",
  Ollama: "ollama",
  "LM Studio": "lmstudio",
  vLLM: "vllm",
  unknown: "local",
};

/** Which ports; without, the usual ones. `isOffer`: only what is new, and can be asked. */
export interface DetectOptions {
  ports?: readonly number[] | undefined;
  isOffer: boolean;
}

/**
 * Looks for model runtimes on ports of this machine, all at once. Only GET requests leave, without credentials and
 * without a prompt; what is found is not used. Whoever answers may be a stranger: names that are not plain are left out.
 */
export async function detectEndpoints(
  profiles: Profiles,
  { ports = USUAL_PORTS, isOffer }: DetectOptions,
  signal: AbortSignal,
): Promise<FoundEndpoint[]> {
  const reports = await Promise.all([...new Set(ports)].map((port) => lookAtPort(port, signal)));
  const taken = new Set(profiles.list().map(({ name }) => name.toLowerCase()));
  const found = reports.flatMap((one) => (one === undefined ? [] : [described(profiles, one, taken)]));
  if (!isOffer) return found;
  const fresh = found.filter(({ models, knownAs }) => models.length > 0 && knownAs.length === 0);
  return fresh.filter(({ url }) => profiles.capabilities.isNewOffer(url));
}

interface Answered {
  url: string;
  report: RuntimeReport;
}

async function lookAtPort(port: number, signal: AbortSignal): Promise<Answered | undefined> {
  const url = `http://127.0.0.1:${port}`;
  const profile = endpointProfileSchema.parse({ dialect: "openai", url, model: "none", auth: "none", trust: "local" });
  const ask = askOf(await fetchFor(profile, { key: undefined }), url, signal, LOOK_MS);
  const report = await lookAtRuntime(ask, undefined);
  return report === undefined ? undefined : { url, report };
}

function described(profiles: Profiles, { url, report }: Answered, taken: Set<string>): FoundEndpoint {
  const { runtime, loaded } = report;
  const base = NAMES[runtime];
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
  taken.add(name);
  const { port } = new URL(url);
  const isHere = (other: string) => {
    const { hostname, port: otherPort } = new URL(other);
    return otherPort === port && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname);
  };
  const knownAs = profiles.list().filter((row) => row.name !== "rehearsal" && isHere(row.url));
  return {
    ...{ runtime, url, name },
    // Only a prompt would tell which dialects it speaks; the four with a name speak the first choice too.
    dialect: runtime === "unknown" ? "openai" : "anthropic",
    models: plainNames(report.models)
      .filter((model) => !/embed/i.test(model))
      .slice(0, 50),
    ...(loaded === undefined ? {} : { window: loaded.tokens }),
    knownAs: knownAs.map((row) => row.name),
  };
}
