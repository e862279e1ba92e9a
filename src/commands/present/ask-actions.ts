import type { CardRow } from "../../protocol/requests.ts";
import { type CardAction, cardActions } from "./card-actions.ts";
import type { TurnProgress } from "./turn-progress.ts";

/** What a person can do about a turn. */
export type AskAction =
  | CardAction
  | { type: "steer" }
  | { type: "stop" }
  | { type: "copy-answer"; text: string }
  | { type: "paste-answer"; text: string }
  | { type: "continue" }
  | { type: "ask-again"; input: string }
  | { type: "new-question" }
  | { type: "copy-session" };

/**
 * The actions of a turn in the order in which Raycast lists them; the first one is on the return key. What waits for an
 * answer comes first; denying is never further away than the second key.
 */
export function askActions(progress: TurnProgress, input: string | undefined, cards: readonly CardRow[]): AskAction[] {
  const isRunning = progress.finish === undefined;
  const [card] = cards;
  const actions = card === undefined ? [] : cardActions(card, cards);
  const text = progress.text.trim();
  const answer: AskAction[] =
    text === ""
      ? []
      : [
          { type: "copy-answer", text },
          { type: "paste-answer", text },
        ];
  if (isRunning)
    return [
      ...actions,
      { type: "steer" },
      { type: "stop" },
      ...answer,
      { type: "new-question" },
      { type: "copy-session" },
    ];
  const again: AskAction[] = progress.finish === "done" || input === undefined ? [] : [{ type: "ask-again", input }];
  const first = progress.finish === "done" ? answer : again;
  const second = progress.finish === "done" ? again : answer;
  return [...first, { type: "continue" }, ...second, { type: "new-question" }, { type: "copy-session" }];
}
