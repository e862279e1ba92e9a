import { presentCard } from "../../src/commands/present/card.ts";
import { type CardChoice, cardText, unpainted } from "../../src/commands/present/card-view.ts";
import type { CardRow } from "../../src/protocol/requests.ts";

/** Whoever answers what loopd asks. */
export interface Person {
  /** Their name in the trace. */
  name: string;
  /** The answer to a card; undefined: they have had enough and leave. */
  answer(card: CardRow): Promise<CardChoice | undefined>;
}

/** The one at this terminal: sees the whole card, and chooses. */
export function personHere(): Person {
  return {
    name: "you",
    answer: async (card) => {
      const { isCancel, select } = await import("@clack/prompts");
      const view = presentCard(card);
      console.log(`\n${cardText(view, unpainted)}\n`);
      const options = view.choices.map(({ title }, at) => ({ value: at, label: title }));
      const picked = await select({ message: "Your answer?", options });
      return isCancel(picked) ? undefined : view.choices[picked];
    },
  };
}

/** Nobody: approves for the session and as far as is offered, in a line that says so. */
export function nobodyHere(): Person {
  return {
    name: "the demo (--yes)",
    answer: (card) => {
      const { choices } = presentCard(card);
      const approvals = choices.filter(({ resolution, scope }) => resolution === "approved" && scope !== "always");
      const widest = approvals.find(({ reach }) => reach === "app");
      return Promise.resolve(widest ?? approvals.find(({ scope }) => scope === "session") ?? approvals[0]);
    },
  };
}
