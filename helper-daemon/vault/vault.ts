import { LoopdError } from "../../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf } from "../../src/protocol/requests.ts";
import type { VaultRow } from "../../src/protocol/rows.ts";
import type { VaultRow as StoredRow, VaultTable } from "../store/vault-table.ts";
import { placeholderOf } from "./placeholder.ts";
import type { Redaction } from "./redaction.ts";

/** The person's view of the vault. */
export interface Vault {
  /** Nothing private was ever replaced in this home. Asks for no key. */
  isUnused(): boolean;
  list(params: ParsedParamsOf<"vault.list">): ResultOf<"vault.list">;
  /** From now on these placeholders resolve to nothing, anywhere. @throws LoopdError `unknown-placeholder`. */
  forget(params: ParsedParamsOf<"vault.forget">): ResultOf<"vault.forget">;
}

/** The vault of a home. */
export function createVault(table: VaultTable, redaction: Redaction): Vault {
  const rowsOf = (session: string | undefined): StoredRow[] => {
    if (session === undefined) return table.rows(undefined);
    const root = table.rootOf(session);
    return root === undefined ? [] : table.rows(root.root);
  };
  const rowOf = (row: StoredRow, isRevealed: boolean): VaultRow => {
    const { token, root, kind, sealed, addedAt } = row;
    const value = sealed === null ? undefined : redaction.key()?.open(sealed, token);
    const state = sealed === null ? "forgotten" : value === undefined ? "unreadable" : "kept";
    const shown = isRevealed && value !== undefined ? { value } : {};
    return { id: token, placeholder: placeholderOf(token), kind, session: root, addedAt, state, ...shown };
  };
  return {
    isUnused: () => redaction.isUnused(),
    list: ({ session, isRevealed }) => ({ values: rowsOf(session).map((row) => rowOf(row, isRevealed)) }),
    forget: ({ ids, session, isAll }) => {
      const chosen = ids?.map((id) => tokenIn(table, id)) ?? [];
      const whole = session !== undefined || isAll ? rowsOf(isAll ? undefined : session).map(({ token }) => token) : [];
      // Values that are not durable yet are forgotten too.
      redaction.refresh();
      const forgotten = table.forget([...new Set([...chosen, ...whole])]);
      redaction.refresh();
      return { forgotten };
    },
  };
}

/** The token that a person means: a placeholder, with or without its brackets. */
function tokenIn(table: VaultTable, id: string): string {
  const token = id.replace(/^<|>$/g, "");
  if (table.get(token) !== undefined) return token;
  throw new LoopdError("unknown-placeholder", `The vault has no ${id}. See what it has with: loopd vault list`);
}
