import type { SessionOverrides } from "../../protocol/overrides.ts";
import { count, duration } from "./quantity.ts";
import { oneLine } from "./terminal-text.ts";

const LONGEST = 200;

/** What a session sets for its turns, one line for each setting: `tools: files_read, files_list`. */
export function overrideLines(overrides: SessionOverrides): string[] {
  const { tools, denyTools, schema, validators, env, maxCostUsd, maxTurnMs, note, ...plain } = overrides;
  const { endpoint, model, temperature, topP, approvals, ...counts } = plain;
  const names = (list: readonly string[] | undefined) => list && (list.join(", ") || "none");
  const lines = {
    endpoint,
    model,
    tools: names(tools),
    "deny-tools": names(denyTools),
    temperature: temperature?.toString(),
    "top-p": topP?.toString(),
    thinking: tokens(counts.thinkingTokens),
    "max-output-tokens": tokens(counts.maxOutputTokens),
    "max-steps": counts.maxSteps?.toString(),
    "max-tokens": tokens(counts.maxTokens),
    "max-cost": maxCostUsd === undefined ? undefined : `${maxCostUsd} USD`,
    "max-time": maxTurnMs === undefined ? undefined : duration(maxTurnMs),
    env:
      env &&
      Object.entries(env)
        .map(([key, value]) => `${key}=${value}`)
        .join(", "),
    schema: schema && JSON.stringify(schema),
    validate: names(validators?.map(({ name }) => name)),
    note,
    approvals,
  };
  return Object.entries(lines).flatMap(([name, value]) =>
    value === undefined ? [] : [oneLine(`${name}: ${value}`, LONGEST)],
  );
}

function tokens(amount: number | undefined): string | undefined {
  return amount === undefined ? undefined : count(amount);
}

/** What of a turn's settings somebody has chosen, by layer: `turn: tools, note; session: endpoint`. Empty: nothing. */
export function chosenWords(provenance: Readonly<Record<string, string>>): string {
  const layers = ["turn", "session"].flatMap((layer) => {
    const names = Object.keys(provenance).filter((name) => provenance[name] === layer);
    return names.length === 0 ? [] : [`${layer}: ${names.join(", ")}`];
  });
  return layers.join("; ");
}
