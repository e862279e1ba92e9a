import type { Acted } from "../../../protocol/screen-action.ts";
import { Problem } from "../../problem.ts";
import type { MacElement } from "./element-name.ts";
import { type Glimpse, glimpse } from "./elements.ts";
import type { Look } from "./look.ts";
import { macAnswers, type MacRequest } from "./protocol.ts";

/** An element that something is done to, as it is right now. */
export interface Subject {
  look: Look;
  element: MacElement;
  now: Glimpse;
}

/** What was found afterwards. What is as it was asked for needs no words: whoever looks next sees it. */
export type Check = Pick<Acted, "verified" | "note">;

/** What was done, and how it is checked once the program is quiet. */
export interface Deed {
  by: Acted["by"];
  outcome: Acted["outcome"];
  /** Not asked of what is `unknown`. */
  check?: () => Promise<Check>;
}

type MacAct = Extract<MacRequest, { do: "act" }>;
/** One of the actions of `loopd-screen`. */
export type MacAction = MacAct extends infer Each
  ? Each extends MacAct
    ? Omit<Each, "do" | "timeMs" | "callMs">
    : never
  : never;

/** Whether it is as it was asked for; what it is instead, if it is not. */
export function tellWhether(verified: boolean, isNow: string): Check {
  return verified ? { verified } : { verified, note: isNow };
}

/** Has `loopd-screen` do something. */
export async function demand(look: Look, action: MacAction, by: Deed["by"]): Promise<Deed | Problem> {
  const answer = await look.ask({ do: "act", ...action } as MacAct, macAnswers.act);
  return answer instanceof Problem ? answer : { by, outcome: answer.outcome };
}

/** The same deed with a look at the element afterwards; nothing is said of one that is gone by then. */
export function checkedBy(
  deed: Deed | Problem,
  { look, element }: Subject,
  tell: (after: Glimpse) => Check,
): Deed | Problem {
  if (deed instanceof Problem) return deed;
  const check = async () => {
    const after = await glimpse(look, element);
    return after instanceof Problem ? {} : tell(after);
  };
  return { ...deed, check };
}
