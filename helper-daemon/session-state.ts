import { LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { Hub } from "./hub.ts";
import type { Origin } from "./methods.ts";
import type { Store } from "./store/open-store.ts";

/** Key-value state of a session, kept in its trace. */
export interface SessionState {
  get(params: ParsedParamsOf<"state.get">, origin: Origin): ResultOf<"state.get">;
  set(params: ParsedParamsOf<"state.set">, origin: Origin): ResultOf<"state.set">;
}

/** The state of every session of a store. */
export function createSessionState(_: { store: Store; hub: Hub }): SessionState {
  const missing = () => {
    throw new LoopdError("internal", "not built yet");
  };
  return { get: missing, set: missing };
}
