import { sweepOrphans } from "../src/tools/runner/sweep.ts";
import type { Log } from "./logs.ts";
import type { Store } from "./store/open-store.ts";

/**
 * Ends what an earlier helper's unfinished calls and MCP servers left running. Comes before any turn is resumed, so that nothing is
 * offered to run again while its first run still lives.
 */
export async function sweepUnfinished(store: Store, boot: string, log: Log, serverMarks: string[]): Promise<void> {
  const turns = store.lists.openTurns().map(({ turn }) => turn);
  const unfinished = new Set(
    turns.flatMap((turn) => store.log.ofTurn(turn, "tool.started").map((entry) => entry.data.callId)),
  );
  for (const turn of turns)
    for (const entry of store.log.ofTurn(turn, "tool.finished")) unfinished.delete(entry.data.callId);
  const callIds = [...unfinished, ...serverMarks];
  if (callIds.length === 0) return;
  const spawned = turns
    .flatMap((turn) => store.log.ofTurn(turn, "tool.spawned").map((entry) => entry.data))
    .filter(({ callId }) => unfinished.has(callId));
  const killed = await sweepOrphans({ spawned, boot, callIds });
  if (callIds.length > serverMarks.length || killed.length > 0)
    log.info({ callIds, killed }, "swept what an earlier helper left running");
}
