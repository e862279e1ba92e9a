import { LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { Hub } from "./hub.ts";
import type { Origin } from "./methods.ts";
import type { Store } from "./store/open-store.ts";

const MAX_VALUE_CHARACTERS = 64 * 1024;
const MAX_VALUES = 1_000;
/** All values of a session together, so that they fit into one answer. */
const MAX_CHARACTERS = 1024 * 1024;

/** Key-value state of a session, kept in its trace. */
export interface SessionState {
  /** One value, or all: a tool's own session's, or those of the session that a face names. A missing key has no value. */
  get(params: ParsedParamsOf<"state.get">, origin: Origin): ResultOf<"state.get">;
  /** @throws LoopdError `invalid-params` where the value or the whole is too large. */
  set(params: ParsedParamsOf<"state.set">, origin: Origin): ResultOf<"state.set">;
}

/** The state of every session of a store. */
export function createSessionState({ store, hub }: { store: Store; hub: Hub }): SessionState {
  const { lists, values, taints } = store;
  return {
    get: (params, origin) => {
      const session = origin.caller === "tool" ? origin.session : lists.session(named(params.session)).session;
      const { key } = params;
      // Values outlive a clearing of the session, and what they say with them.
      const carried = { taints: taints.everOf(session) };
      if (key === undefined) return { values: Object.fromEntries(values.all(session)), ...carried };
      const value = values.get(session, key);
      return value === undefined ? { values: {} } : { values: { [key]: value }, ...carried };
    },
    set: ({ key, value }, origin) => {
      if (origin.caller !== "tool") throw new LoopdError("not-allowed", "Only a tool sets the state of its session.");
      const { session, turn, callId } = origin;
      const before = values.get(session, key);
      const after = value ?? undefined;
      if (JSON.stringify(before) === JSON.stringify(after)) return { before };
      if (after !== undefined) refuseLarge(JSON.stringify(after).length, before, values.extent(session));
      hub.record([{ kind: "state.changed", session, turn, data: { store: "session", key, callId, before, after } }]);
      return { before };
    },
  };
}

function named(session: string | undefined): string {
  if (session !== undefined) return session;
  throw new LoopdError("invalid-params", "Name the session whose state you want.");
}

function refuseLarge(size: number, before: unknown, extent: { count: number; characters: number }): void {
  const refuse = (what: string) => {
    throw new LoopdError("invalid-params", `${what} Nothing was changed. Keep long text in memory or a file.`);
  };
  if (size > MAX_VALUE_CHARACTERS)
    refuse(`A value has at most ${MAX_VALUE_CHARACTERS} characters as JSON, not ${size}.`);
  if (before === undefined && extent.count >= MAX_VALUES) refuse(`A session keeps at most ${MAX_VALUES} values.`);
  const total = extent.characters + size - (before === undefined ? 0 : JSON.stringify(before).length);
  if (total > MAX_CHARACTERS) refuse(`A session keeps at most ${MAX_CHARACTERS} characters of values.`);
}
