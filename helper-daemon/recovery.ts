import { sweepOrphans } from "../src/tools/runner/sweep.ts";
import { hookMark } from "./hooks/hooks.ts";
import type { Log } from "./logs.ts";
import type { Store } from "./store/open-store.ts";

/**
 * Ends what an earlier helper's unfinished calls, hooks and MCP servers left running. Comes before any turn is resumed, so that nothing is
 * offered to run again while its first run still lives.
 */
export async function sweepUnfinished(store: Store, boot: string, log: Log, serverMarks: string[]): Promise<void> {
  const turns = store.lists.openTurns().map(({ turn }) => turn);
  const unfinished = new Set(
    turns.flatMap((turn) => store.log.ofTurn(turn, "tool.started").map((entry) => entry.data.callId)),
  );
  for (const turn of turns)
    for (const entry of store.log.ofTurn(turn, "tool.finished")) unfinished.delete(entry.data.callId);
  const hookMarks = turns.flatMap((turn) => {
    const ended = new Set(store.log.ofTurn(turn, "tool.finished").map((entry) => entry.data.callId));
    const requested = store.log.ofTurn(turn, "tool.requested").map((entry) => entry.data.callId);
    return [turn, ...requested.filter((callId) => !ended.has(callId))].map(hookMark);
  });
  const callIds = [...unfinished, ...hookMarks, ...serverMarks];
  if (callIds.length === 0) return;
  const spawned = turns
    .flatMap((turn) => store.log.ofTurn(turn, "tool.spawned").map((entry) => entry.data))
    .filter(({ callId }) => unfinished.has(callId));
  const killed = await sweepOrphans({ spawned, boot, callIds });
  if (unfinished.size > 0 || killed.length > 0)
    log.info({ callIds, killed }, "swept what an earlier helper left running");
}
