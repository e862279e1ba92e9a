import type { Usage } from "../protocol/values.ts";

/** What a turn has used up so far. */
export interface Spent {
  /** Input and output tokens as reported, else by the size of what was sent and received. */
  tokens: number;
  costUsd: number;
  /** Responses of which nobody knows what they cost: no price, or no count of tokens. */
  unpriced: number;
  denials: number;
  /** Steps in a row whose calls were all wrong, so that the model only read how to mend them. */
  corrections: number;
  /** How often each call came back with the same result, by call and result. */
  repeats: Readonly<Record<string, number>>;
  /** Calls that brought the same result once more. */
  repeated: number;
  /** Calls that may have changed something, as name and arguments. */
  effects: readonly string[];
}

/** Nothing used yet. */
export const NOTHING_SPENT: Spent = {
  tokens: 0,
  costUsd: 0,
  unpriced: 0,
  denials: 0,
  corrections: 0,
  repeats: {},
  repeated: 0,
  effects: [],
};

/** What is used up after one more response of a model. */
export function withUsage(spent: Spent, { inputTokens, outputTokens, costUsd }: Usage): Spent {
  const tokens = spent.tokens + inputTokens + outputTokens;
  if (costUsd === undefined) return { ...spent, tokens, unpriced: spent.unpriced + 1 };
  return { ...spent, tokens, costUsd: spent.costUsd + costUsd };
}

/** UTF-8 bytes of canonical text for each token, where nobody has counted them. */
const BYTES_PER_TOKEN = 3.5;

/** The same for a response that reports no usage, by the bytes of the request and of its content. */
export function withBytes(spent: Spent, bytes: number): Spent {
  const tokens = spent.tokens + Math.ceil(bytes / BYTES_PER_TOKEN);
  return { ...spent, tokens, unpriced: spent.unpriced + 1 };
}
