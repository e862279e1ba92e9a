import type { Entry } from "../../protocol/entries.ts";
import { callsOf, type TurnView } from "../transcript.ts";

/**
 * Who an entry comes from. `fact`: the world, a person, a model, a tool. `step`: `nextStep` decided it. `policy`: policy
 * did. `card`: it follows from what policy had said. `overrun`: the turn's time was up while a model answered. `end`: of a
 * call that had begun, which is a result unless a crash had interrupted it.
 */
export type DecisionKind = "fact" | "step" | "policy" | "card" | "overrun" | "end";

/** What kind of decision an entry is, after the view that it was made on. */
export function decisionOf(view: TurnView, entry: Entry): DecisionKind {
  const { turn } = view;
  const isOpen = turn !== undefined && turn.turn === entry.turn && turn.finish === undefined;
  const isIdle = entry.turn === undefined;
  const call = (callId: string | undefined) =>
    turn === undefined ? undefined : callsOf(turn).find((one) => one.callId === callId);
  switch (entry.kind) {
    case "epoch.opened":
    case "epoch.skipped":
    case "request.sent":
      return isOpen || isIdle ? "step" : "fact";
    case "tool.requested":
    case "tool.started":
      return isOpen ? "step" : "fact";
    case "tool.decided":
      return isOpen ? "policy" : "fact";
    case "tool.finished":
      if (!isOpen) return "fact";
      return call(entry.data.callId)?.isStarted === true ? "end" : "step";
    case "hook.applied": {
      // What a hook sees of a call that has just run, it sees while the call is still being performed.
      const isResult = entry.data.at === "after" && call(entry.data.callId)?.isStarted === true;
      return isOpen && !isResult ? "step" : "fact";
    }
    case "card.opened":
      if (!isOpen || entry.data.type === "question") return "fact";
      return entry.data.type === "approval" ? "card" : "step";
    case "card.resolved": {
      const { by, resolution } = entry.data;
      return isOpen && by === "loopd" && (resolution === "expired" || resolution === "cancelled") ? "step" : "fact";
    }
    case "note.added": {
      const { from, closes } = entry.data;
      if (!isOpen || (from !== "loopd" && from !== "validator")) return "fact";
      return closes !== undefined && turn.isRequestOpen ? "overrun" : "step";
    }
    case "turn.finished": {
      const { finish, error } = entry.data;
      const isReply =
        turn?.isRequestOpen === true && error !== undefined && (finish === "failed" || finish === "interrupted");
      return isOpen && !isReply ? "step" : "fact";
    }
    default:
      return "fact";
  }
}
