import { type Config, REHEARSAL_ENDPOINT } from "../../src/protocol/config.ts";
import type { Usage } from "../../src/protocol/values.ts";

/** US dollars per million tokens. */
export type Price = Config["prices"][string];

/** The price of a model as `config.json` says it; the rehearsal model is free. Undefined: nobody knows. */
export function priceOf({ prices }: Pick<Config, "prices">, endpoint: string, model: string): Price | undefined {
  if (endpoint === REHEARSAL_ENDPOINT) return { input: 0, output: 0 };
  return Object.hasOwn(prices, model) ? prices[model] : undefined;
}

/** Usage with what it costs, as far as that can be known; a cost that the server itself reports stays. */
export function withCost(usage: Usage, price: Price | undefined): Usage {
  if (price === undefined || usage.costUsd !== undefined) return usage;
  const cached = Math.min(usage.cachedTokens ?? 0, usage.inputTokens);
  const fresh = usage.inputTokens - cached;
  const millionths = fresh * price.input + cached * (price.cached ?? price.input) + usage.outputTokens * price.output;
  return { ...usage, costUsd: millionths / 1_000_000 };
}
