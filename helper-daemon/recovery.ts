import { rm } from "node:fs/promises";
import { LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf } from "../src/protocol/requests.ts";
import { temporaryPath } from "../src/tools/files/replace-file.ts";
import { removeLeftovers } from "../src/tools/runner/leftovers.ts";
import { sweepOrphans } from "../src/tools/runner/sweep.ts";
import { hookMark } from "./hooks/hooks.ts";
import type { Log } from "./logs.ts";
import type { Store } from "./store/open-store.ts";

/**
 * Ends what an earlier helper's unfinished calls, hooks, MCP servers and sandbox left running, and removes the temporary
 * folders of helpers that are gone and half-written files.
 * Comes before any turn is resumed, so that nothing is offered to run again while its first run still lives.
 */
export async function sweepUnfinished(store: Store, boot: string, log: Log, serverMarks: string[]): Promise<void> {
  await removeLeftovers();
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
  for (const { data } of turns.flatMap((turn) => store.log.ofTurn(turn, "state.changed"))) {
    const { store: kind, key, callId = "" } = data;
    if (kind === "file" && unfinished.has(callId))
      await rm(temporaryPath(key, callId), { force: true }).catch(() => {});
  }
  const spawned = turns
    .flatMap((turn) => store.log.ofTurn(turn, "tool.spawned").map((entry) => entry.data))
    .filter(({ callId }) => unfinished.has(callId));
  const killed = await sweepOrphans({ spawned, boot, callIds });
  if (unfinished.size > 0 || killed.length > 0)
    log.info({ callIds, killed }, "swept what an earlier helper left running");
}

/**
 * Refuses to run an interrupted call again while its first run lives, which the sweep may not have been able to end.
 * @throws LoopdError `unknown-card`, `ambiguous-id`, `not-allowed`
 */
export async function refuseSecondRun(
  store: Store,
  boot: string,
  { cardId, answer }: ParsedParamsOf<"card.resolve">,
): Promise<void> {
  if (answer !== "again") return;
  const { type, turn, callId } = store.cards.find(cardId);
  if (type !== "recovery") return;
  const recorded = store.log.ofTurn(turn, "tool.spawned").map((entry) => entry.data);
  const spawned = recorded.filter((one) => one.callId === callId);
  const left = (await sweepOrphans({ spawned, boot, callIds: [callId] })).filter((one) => !one.isGone);
  if (left.length === 0) return;
  const pids = left.map((one) => one.pid).join(" ");
  const message = `The first run of this call still lives and loopd could not end it, so nothing was started. End it yourself (kill -9 ${pids}) and answer again, or answer happened or skip.`;
  throw new LoopdError("not-allowed", message);
}
