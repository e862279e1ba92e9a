import { LoopdError } from "../src/protocol/errors.ts";
import type { Overrides, SessionOverrides } from "../src/protocol/overrides.ts";
import type { Profiles } from "./endpoints/profiles.ts";
import type { Hooks } from "./hooks/hooks.ts";
import { type Asked, layered, type Place, placeOf } from "./layers.ts";
import type { ToolWorld } from "./tool-world.ts";
import type { Effective } from "./turns.ts";

/** What settings are checked against. */
export interface EffectiveOptions {
  profiles: Profiles;
  tools: Pick<ToolWorld, "catalogue" | "servers">;
  hooks: Pick<Hooks, "schemaProblem">;
}

/**
 * What a new turn will really use, and which layer said so: its own settings before its session's before the config
 * before defaults. Nothing of it is left to chance: whatever cannot be is refused here, before anything is recorded.
 * @throws LoopdError `unknown-endpoint`, `unknown-tool`, `invalid-params`, each saying what there is instead.
 */
export async function effectiveOf(
  { profiles, tools, hooks }: EffectiveOptions,
  asked: Asked,
  session: SessionOverrides,
): Promise<Effective> {
  const config = profiles.config();
  const { overrides, provenance } = layered(asked.overrides, session, config);
  await checkTools(tools, overrides);
  const mistake = overrides.schema === undefined ? undefined : await hooks.schemaProblem(overrides.schema);
  if (mistake !== undefined) throw new LoopdError("invalid-params", `The schema cannot be used: ${mistake}.`);
  const { provenance: from, ...place } = placeOf(profiles, asked, session);
  checkThinking(overrides, config.limits.maxOutputTokens);
  checkPrices(profiles, place, overrides);
  return { ...place, overrides, provenance: { ...from, ...provenance } };
}

/** @throws LoopdError `unknown-tool`, naming the nearest ones. */
export async function checkTools(
  { catalogue, servers }: EffectiveOptions["tools"],
  overrides: Pick<Overrides, "tools" | "denyTools">,
): Promise<void> {
  const named = [...(overrides.tools ?? []), ...(overrides.denyTools ?? [])];
  // A server's tools may not be known before it has been started.
  const isUnknown = named.some((name) => name.includes("__") && catalogue.book.find(name) === undefined);
  if (isUnknown) await servers.ready(new AbortController().signal);
  for (const name of named) {
    if (catalogue.book.find(name) === undefined) throw new LoopdError("unknown-tool", catalogue.book.suggest(name));
  }
}

/** Servers refuse a response that could not hold more than the thoughts. */
function checkThinking({ thinkingTokens, maxOutputTokens }: Overrides, usual: number): void {
  const most = maxOutputTokens ?? usual;
  if (thinkingTokens === undefined || thinkingTokens < most) return;
  const words = `${thinkingTokens} tokens of thinking do not fit into a response of ${most}.`;
  throw new LoopdError("invalid-params", `${words} Allow more with --max-output-tokens, or less thinking.`);
}

/** A limit on costs that nobody can count would be no limit. @throws LoopdError `invalid-params` */
export function checkPrices(
  profiles: Profiles,
  { endpoint, model }: Pick<Place, "endpoint" | "model">,
  overrides: Overrides,
): void {
  const { limits, hooks } = profiles.config();
  const most = overrides.maxCostUsd ?? limits.maxCostUsd;
  if (most === undefined) return;
  const judges = [...hooks, ...(overrides.validators ?? [])].filter(({ builtin }) => builtin === "judge");
  const { summariser = model } = profiles.windowOf(endpoint, model) ?? {};
  const asked = [{ endpoint, model }, { endpoint, model: summariser }, ...judges];
  for (const one of asked) {
    const name = one.model ?? profiles.windowOf(one.endpoint ?? endpoint, model)?.fast ?? model;
    if (profiles.priceOf(one.endpoint ?? endpoint, name) !== undefined) continue;
    const entry = `"prices": {${JSON.stringify(name)}: {"input": 0, "output": 0}}`;
    throw new LoopdError(
      "invalid-params",
      `A limit of ${most} USD cannot be kept, because config.json has no price for the model ${JSON.stringify(name)}; nothing was asked. Say it there: ${entry}, in US dollars per million tokens, 0 where it costs nothing.`,
    );
  }
}
