import type { Entry } from "../../protocol/entries.ts";
import { fold } from "../fold.ts";
import type { TurnView } from "../transcript.ts";

/** The view after one more entry; one that cannot be folded changes nothing. */
export function foldSafely(view: TurnView, entry: Entry): TurnView {
  try {
    return fold(view, entry);
  } catch {
    return view;
  }
}
