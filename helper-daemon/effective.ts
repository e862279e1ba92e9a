import { LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf } from "../src/protocol/requests.ts";
import type { Profiles } from "./endpoints/profiles.ts";
import type { ToolWorld } from "./tool-world.ts";
import type { Effective } from "./turns.ts";

/**
 * What a new turn will really use, and which layer said so: the turn's own overrides before the config before defaults.
 * @throws LoopdError `unknown-endpoint`, `unknown-tool`.
 */
export async function effectiveOf(
  profiles: Profiles,
  { catalogue, servers }: Pick<ToolWorld, "catalogue" | "servers">,
  request: ParsedParamsOf<"turn.submit">,
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
  const { endpoint, model, takesImages } = endpointOf(profiles, request);
  const provenance = {
    endpoint:
      (request.endpoint ?? unsaved) !== undefined ? "turn" : config.endpoint !== undefined ? "config" : "default",
    model: request.model !== undefined ? "turn" : "endpoint",
    maxSteps: overrides.maxSteps !== undefined ? "turn" : "config",
  };
  const maxSteps = overrides.maxSteps ?? config.limits.maxSteps;
  return { endpoint, model: request.model ?? model, takesImages, maxSteps, provenance };
}

/** A named endpoint before one from the caller's environment before the active one. */
function endpointOf(
  profiles: Profiles,
  { endpoint, unsaved }: ParsedParamsOf<"turn.submit">,
): { endpoint: string; model: string; takesImages: boolean } {
  if (endpoint === undefined && unsaved !== undefined) {
    const { model, vision } = unsaved.profile;
    return { endpoint: profiles.addUnsaved(unsaved.profile, unsaved.key), model, takesImages: vision };
  }
  const name = endpoint ?? profiles.active();
  const { model, vision } = profiles.show(name);
  return { endpoint: name, model, takesImages: vision };
}
