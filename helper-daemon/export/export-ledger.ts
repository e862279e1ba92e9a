import { createHash } from "node:crypto";
import type { SessionId } from "../../src/protocol/values.ts";
import type { Ledger } from "../vault/ledger.ts";
import { type Kind, NONCE_LENGTH } from "../vault/placeholder.ts";

/**
 * The placeholders of one export: those that the session has, and further ones, which mean nothing outside of it, for
 * values that it holds bare. Nothing of it is kept: exporting leaves no trace in the vault.
 */
export function exportLedger(session: SessionId, known: Ledger | undefined): Ledger {
  const nonce = known?.nonce ?? nonceOf(session);
  const values = new Map<string, { token: string; kind: Kind }>();
  const tokens = new Map<string, string>();
  const knownNow = () => known?.known(Infinity) ?? new Map<string, Kind>();
  const before = known?.count() ?? 0;
  return {
    root: session,
    nonce,
    tokenOf: (kind, value) => {
      if (known !== undefined && knownNow().has(value)) return known.tokenOf(kind, value);
      const found = values.get(value)?.token;
      if (found !== undefined) return found;
      const token = `${kind}:${before + values.size + 1}:${nonce}`;
      values.set(value, { token, kind });
      tokens.set(token, value);
      return token;
    },
    valueOf: (token) => tokens.get(token) ?? known?.valueOf(token),
    known: () => new Map([...knownNow(), ...[...values].map(([value, { kind }]) => [value, kind] as const)]),
    count: () => before + values.size,
    forgotten: () => known?.forgotten() ?? 0,
    commit: () => {},
  };
}

const ALPHABET = "abcdefghjkmnpqrstvwxyz23456789";

/** The same at every export of a session. */
function nonceOf(session: SessionId): string {
  const digest = createHash("sha256").update(`export ${session}`).digest();
  return Array.from(digest.subarray(0, NONCE_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
