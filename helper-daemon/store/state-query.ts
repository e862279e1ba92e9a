import { LoopdError } from "../../src/protocol/errors.ts";
import type { ResultOf } from "../../src/protocol/requests.ts";

/** Reads views of the trace with one SELECT, in a process of its own that can neither write nor outlive its limits. */
export interface StateQuery {
  /** @throws LoopdError `query-refused`, saying what is allowed and which views there are. */
  run(sql: string, signal: AbortSignal): Promise<ResultOf<"state.query">>;
}

/** Queries over the database at a path. */
export function createStateQuery(_: { database: string }): StateQuery {
  return { run: () => Promise.reject(new LoopdError("internal", "not built yet")) };
}
