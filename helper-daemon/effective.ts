import { LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf } from "../src/protocol/requests.ts";
import type { Profiles } from "./endpoints/profiles.ts";
import type { ToolWorld } from "./tool-world.ts";
import { turnEnvironment } from "./turn-environment.ts";
import type { Effective } from "./turns.ts";

/**
 * What a new turn will really use, and which layer said so: the turn's own overrides before the config before defaults.
 * @throws LoopdError `unknown-endpoint`, `unknown-tool`, `invalid-params` for an environment or a schema that cannot be.
 */
export async function effectiveOf(
  profiles: Profiles,
  { catalogue, servers }: Pick<ToolWorld, "catalogue" | "servers">,
  request: ParsedParamsOf<"turn.submit">,
  schemaProblem: (schema: object) => Promise<string | undefined>,
): Promise<Effective> {
  const { overrides, unsaved } = request;
  const named = [...(overrides.tools ?? []), ...(overrides.denyTools ?? [])];
  // A server's tools may not be known before it has been started.
  const isUnknown = named.some((name) => name.includes("__") && catalogue.book.find(name) === undefined);
  if (isUnknown) await servers.ready(new AbortController().signal);
  for (const name of named) {
    if (catalogue.book.find(name) === undefined) throw new LoopdError("unknown-tool", catalogue.book.suggest(name));
  }
  const config = profiles.config();
  const environment = turnEnvironment(config.environment, overrides.env);
  const mistake = overrides.schema === undefined ? undefined : await schemaProblem(overrides.schema);
  if (mistake !== undefined) throw new LoopdError("invalid-params", `The schema cannot be used: ${mistake}.`);
  const { endpoint, model, takesImages, endpointTrust } = endpointOf(profiles, request);
  const provenance = {
    endpoint:
      (request.endpoint ?? unsaved) !== undefined ? "turn" : config.endpoint !== undefined ? "config" : "default",
    model: request.model !== undefined ? "turn" : "endpoint",
    maxSteps: overrides.maxSteps !== undefined ? "turn" : "config",
    ...environment?.provenance,
  };
  const maxSteps = overrides.maxSteps ?? config.limits.maxSteps;
  return {
    endpoint,
    model: request.model ?? model,
    takesImages,
    endpointTrust,
    maxSteps,
    env: environment?.env,
    provenance,
  };
}

/** A named endpoint before one from the caller's environment before the active one. */
function endpointOf(
  profiles: Profiles,
  { endpoint, unsaved }: ParsedParamsOf<"turn.submit">,
): { endpoint: string; model: string; takesImages: boolean; endpointTrust: "local" | "remote" } {
  if (endpoint === undefined && unsaved !== undefined) {
    const { model, vision, trust } = unsaved.profile;
    const name = profiles.addUnsaved(unsaved.profile, unsaved.key);
    return { endpoint: name, model, takesImages: vision, endpointTrust: trust };
  }
  const name = endpoint ?? profiles.active();
  const { model, vision, trust } = profiles.show(name);
  return { endpoint: name, model, takesImages: vision, endpointTrust: trust };
}
