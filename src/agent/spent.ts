/** What a turn has used up so far. */
export interface Spent {
  /** Input and output tokens as reported; what a server does not report is not counted. */
  tokens: number;
  costUsd: number;
  denials: number;
  /** How often each call came back with the same result, by call and result. */
  repeats: Readonly<Record<string, number>>;
  /** Calls that may have changed something, as name and arguments. */
  effects: readonly string[];
}

/** Nothing used yet. */
export const NOTHING_SPENT: Spent = { tokens: 0, costUsd: 0, denials: 0, repeats: {}, effects: [] };
