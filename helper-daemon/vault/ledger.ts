import type { VaultRoot, VaultRow, VaultTable } from "../store/vault-table.ts";
import type { Kind } from "./placeholder.ts";
import type { VaultKey } from "./vault-key.ts";

/** The values of one session and its forks, in memory while they are worked with. */
export interface Ledger {
  root: string;
  nonce: string;
  /** The token of a value, a new one if it has none yet. The same value always has the same one. */
  tokenOf(kind: Kind, value: string): string;
  /** The value of a token of this ledger. */
  valueOf(token: string): string | undefined;
  /** The first `count` values, in the order in which they became known. */
  known(count: number): ReadonlyMap<string, Kind>;
  /** How many places are taken. */
  count(): number;
  forgotten(): number;
  /** Makes every new value durable. Comes before anything that holds its placeholder is kept or sent. */
  commit(): void;
}

/** Loads what is known of a root. Values that this key does not open are as if they had never been. */
export function openLedger(table: VaultTable, key: VaultKey, { root, nonce }: VaultRoot): Ledger {
  const tokens = new Map<string, string>();
  const values = new Map<string, { value: string; kind: Kind; ordinal: number }>();
  const numbers = new Map<string, number>();
  let count = 0;
  let forgotten = 0;
  let fresh: VaultRow[] = [];
  const keep = (token: string, kind: Kind, value: string, ordinal: number) => {
    tokens.set(value, token);
    values.set(token, { value, kind, ordinal });
  };
  for (const { token, kind, ordinal, sealed } of table.rows(root)) {
    count = Math.max(count, ordinal);
    numbers.set(kind, Math.max(numbers.get(kind) ?? 0, Number(token.split(":")[1])));
    if (sealed === null) forgotten += 1;
    const value = sealed === null ? undefined : key.open(sealed, token);
    if (value !== undefined) keep(token, kind as Kind, value, ordinal);
  }
  return {
    root,
    nonce,
    tokenOf: (kind, value) => {
      const found = tokens.get(value);
      if (found !== undefined) return found;
      const number = (numbers.get(kind) ?? 0) + 1;
      numbers.set(kind, number);
      count += 1;
      const token = `${kind}:${number}:${nonce}`;
      keep(token, kind, value, count);
      const addedAt = new Date().toISOString();
      const secret = { mark: key.mark(value), sealed: key.seal(value, token) };
      fresh.push({ token, root, kind, ordinal: count, keyId: key.id, ...secret, addedAt });
      return token;
    },
    valueOf: (token) => values.get(token)?.value,
    known: (most) => {
      const known = new Map<string, Kind>();
      for (const { value, kind, ordinal } of values.values()) if (ordinal <= most) known.set(value, kind);
      return known;
    },
    count: () => count,
    forgotten: () => forgotten,
    commit: () => {
      if (fresh.length === 0) return;
      table.add(fresh);
      fresh = [];
    },
  };
}
