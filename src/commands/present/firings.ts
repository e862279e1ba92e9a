import type { RoutineRow } from "../../protocol/routine-methods.ts";

/** What a schedule comes to, while it is typed. */
export type Firings =
  | { type: "nothing" }
  | { type: "looking" }
  | { type: "known"; schedule: string; firings: readonly string[] }
  /** The helper's own words about what it does not understand. */
  | { type: "mistake"; words: string };

/** The lines under a schedule. `kept`: the routine whose schedule stays as it is. */
export function firingsText(firings: Firings, kept: Pick<RoutineRow, "schedule"> | undefined): string {
  switch (firings.type) {
    case "nothing":
      return "The next five firings stand here as soon as there is a schedule.";
    case "looking":
      return "…";
    case "known":
      return [`Runs ${firings.schedule}.`, ...firings.firings.map(withoutZone)].join("\n");
    case "mistake":
      // A moment that has passed is no mistake of whoever changes something else.
      return kept === undefined ? firings.words : `Stays as it is: ${kept.schedule}.`;
  }
}

/** The zone stands beside them; its offset stays, which may change between two firings. */
function withoutZone(line: string): string {
  return line.replace(/ \S+ (?=\([+-]\d\d:\d\d\))/, " ");
}
