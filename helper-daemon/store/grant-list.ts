import type Database from "better-sqlite3";
import { type Rule, ruleSchema } from "../../src/protocol/values.ts";
import { onChange } from "./on-change.ts";
import { guardOf } from "./store-error.ts";

/** What people have allowed for longer than one call, as the trace tells it. */
export interface GrantList {
  /** Every grant that has not been revoked, oldest first; expired ones too. */
  all(): Rule[];
  /** Grants that may speak about calls of a session: its own, and those for always. The same array until one changes. */
  of(session: string): readonly Rule[];
}

/** Prepares the grants of a database. */
export function createGrantList(database: Database.Database): GrantList {
  const every = database.prepare<[], { rule: string }>("SELECT rule FROM grants ORDER BY added_seq");
  const ofSession = database.prepare<[string], { rule: string }>(
    "SELECT rule FROM grants WHERE session IS NULL OR session = ? ORDER BY added_seq",
  );
  const known = new Map<string, readonly Rule[]>();
  onChange(database, "grants", () => known.clear());
  const guarded = guardOf(database);
  const parsed = ({ rule }: { rule: string }): Rule => ruleSchema.parse(JSON.parse(rule));
  return {
    all: () => guarded(() => every.all().map(parsed)),
    of: (session) =>
      guarded(() => {
        const last = known.get(session);
        if (last !== undefined) return last;
        if (known.size > 1_000) known.clear();
        const rules = ofSession.all(session).map(parsed);
        known.set(session, rules);
        return rules;
      }),
  };
}
