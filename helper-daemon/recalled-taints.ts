import type { ResultOf, SearchHit } from "../src/protocol/requests.ts";
import type { Origin } from "./methods.ts";
import type { TaintList } from "./store/taint-list.ts";

/** What is recalled of other sessions by a query, which tells nothing about the sessions that its rows come from. */
const OTHER_SESSIONS = "other sessions";

/** Hits with the sources that their sessions carried by then, for a tool. */
export function withTaintsOfHits(hits: SearchHit[], taints: TaintList, origin: Origin): ResultOf<"session.search"> {
  if (origin.caller === "face") return { hits };
  const sources = new Set(hits.flatMap(({ session, seq }) => taints.at(session, seq)));
  return { hits, taints: [...sources] };
}

/** Rows with the sources that they may carry, for a tool. Numbers carry none. */
export function withTaintsOfRows(
  answer: ResultOf<"state.query">,
  taints: TaintList,
  origin: Origin,
): ResultOf<"state.query"> {
  const hasText = answer.rows.some((row) => row.some((cell) => typeof cell === "string"));
  const isTainted = origin.caller === "tool" && hasText && taints.areElsewhere(origin.session);
  return isTainted ? { ...answer, taints: [OTHER_SESSIONS] } : answer;
}
