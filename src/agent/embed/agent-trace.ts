import { type Entry, entrySchema } from "../../protocol/entries.ts";
import { LoopdError } from "../../protocol/errors.ts";
import type { SessionId } from "../../protocol/values.ts";

/** The record of a session: append-only, and all there is to know about it. */
export interface AgentTrace {
  readonly session: SessionId;
  /** Every entry so far, oldest first. They never change; keep them as JSON. */
  snapshot(): Entry[];
}

export const AgentTrace = {
  /**
   * A trace from entries that `snapshot` or `save` gave, parsed from JSON. A session opened with it goes on where they end.
   * @throws LoopdError `invalid-params` naming the first entry that is none, or out of order.
   */
  from(entries: readonly unknown[]): AgentTrace {
    const parsed: Entry[] = [];
    for (const [index, entry] of entries.entries()) {
      const { success, data, error } = entrySchema.safeParse(entry);
      if (!success) throw refused(index, error.issues[0]?.message ?? "it does not fit the schema");
      if (data.seq <= (parsed.at(-1)?.seq ?? 0)) throw refused(index, "its seq does not rise");
      parsed.push(data);
    }
    const session = parsed.at(-1)?.session;
    if (session === undefined || parsed[0]?.kind !== "session.created") {
      throw new LoopdError("invalid-params", "A trace begins with session.created; these entries do not.");
    }
    return { session, snapshot: () => [...parsed] };
  },
};

function refused(index: number, why: string): LoopdError {
  return new LoopdError("invalid-params", `Entry ${index} cannot be part of a trace: ${why}.`);
}
