import type { Entry } from "../../protocol/entries.ts";
import { exhausted } from "../budget.ts";
import type { Settings } from "../ports.ts";
import type { TurnView } from "../transcript.ts";
import type { Difference } from "./points.ts";
import { entryWords } from "./words.ts";

/** The closing note of a turn whose time was up while a model answered: whether it would be asked for today. */
export function overrunAgain(
  { turn }: TurnView,
  entry: Entry,
  settings: Settings,
): { result: "same" } | ({ result: "differs" } & Difference) | undefined {
  if (entry.kind !== "note.added" || turn === undefined) return undefined;
  const limit = exhausted(turn, settings, Infinity);
  if (limit?.finish === entry.data.closes) return { result: "same" };
  const now = limit === undefined ? "wait for the model" : `ask for the closing answer (${limit.finish})`;
  return { result: "differs", recorded: entryWords(entry), now, why: limit?.words ?? "the turn has no limit of time" };
}
