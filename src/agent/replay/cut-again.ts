import type { EntryOf } from "../../protocol/entries.ts";
import type { Cut } from "../context/cut-view.ts";
import { goalOf, isEnough, planCompaction, smaller } from "../context/plan-compaction.ts";
import { askingTurn } from "../open-epoch.ts";
import type { Settings } from "../ports.ts";
import type { TurnView } from "../transcript.ts";
import type { Difference } from "./points.ts";

/** What a smaller conversation would leave out today, with the summary that was written then; undefined where it is the same. */
export function cutAgain(
  view: TurnView,
  { data }: EntryOf<"epoch.opened">,
  settings: Settings,
): Difference | undefined {
  const { reason, keepsFrom = 0, stubs = [], summary, unsummarised } = data;
  const turn = askingTurn(view);
  if ((reason !== "window" && reason !== "asked") || turn === undefined) return undefined;
  const goal = goalOf(view, turn, settings);
  // Who asked for room that nothing needs yet keeps what no summary could be had of.
  const isKept = reason === "asked" && !goal.isFull && unsummarised !== undefined;
  const cuts = planCompaction(view, goal, reason)
    .filter((one) => one.keepsFrom === 0 || !isKept)
    .map((one) => smaller(view, one, summary ?? view.summary, goal))
    .filter(({ tokensAfter }) => isEnough(goal, tokensAfter));
  const isRecorded = (one: Pick<Cut, "keepsFrom" | "stubs">) =>
    one.keepsFrom === keepsFrom && one.stubs.length === stubs.length && one.stubs.every((id) => stubs.includes(id));
  const [cut] = cuts;
  // A summary that took nobody's place is not recorded, so how far it got with the gentler ones cannot be told.
  const isSame = keepsFrom === 0 ? cuts.some(isRecorded) : cut !== undefined && isRecorded(cut);
  if (isSame) return undefined;
  const recorded = cutWords(keepsFrom, stubs.length);
  const now = cut === undefined ? "leave nothing out" : cutWords(cut.keepsFrom, cut.stubs.length);
  return { recorded, now, why: "what makes the conversation small enough is something else" };
}

function cutWords(keepsFrom: number, stubs: number): string {
  return `keep messages from ${keepsFrom} on, ${stubs} results left out`;
}
