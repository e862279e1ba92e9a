import { oneLine } from "../../src/commands/present/terminal-text.ts";
import { callSummary } from "../../src/commands/present/call.ts";
import type { Connection } from "../../src/protocol/connect.ts";
import type { Entry } from "../../src/protocol/entries.ts";
import { columns } from "./columns.ts";
import type { Person } from "./person.ts";

/** A call of the turn: what it did, and what the model then had before it. */
export interface Step {
  does: string;
  approvals: string[];
  sees: string;
}

/** How a turn went. */
export interface Attended {
  steps: Step[];
  finish: string;
  answer: string;
}

/** The entries of a session in their order, as they are recorded. */
export interface Feed {
  add(entries: readonly Entry[]): void;
  next(): Promise<Entry>;
}

/** A queue between what the helper tells and who attends to it. */
export function createFeed(): Feed {
  const waiting: Entry[] = [];
  let wake = () => {};
  return {
    add: (entries) => {
      waiting.push(...entries);
      wake();
    },
    next: async () => {
      for (;;) {
        const entry = waiting.shift();
        if (entry !== undefined) return entry;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

/** Prints a turn as it goes, what happens beside what the model sees of it, and lets the person answer what it asks. */
export async function attend(
  { request }: Pick<Connection, "request">,
  feed: Feed,
  person: Person,
  width: number,
): Promise<Attended> {
  const steps = new Map<string, Step>();
  for (;;) {
    const { kind, data } = await feed.next();
    if (kind === "tool.requested")
      steps.set(data.callId, { does: callSummary(data.name, data.arguments), approvals: [], sees: "" });
    if (kind === "tool.decided") {
      const [step, preview] = [steps.get(data.callId), data.facts?.preview];
      if (step !== undefined && preview !== undefined) step.does = oneLine(preview, 200);
    }
    if (kind === "card.opened") {
      const { card } = await request("card.show", { cardId: data.cardId });
      const choice = await person.answer(card);
      if (choice === undefined) throw new Left();
      await request("card.resolve", { cardId: data.cardId, ...choice, by: person.name });
      steps.get(card.callId)?.approvals.push(`${person.name}: ${choice.title}`);
    }
    if (kind === "tool.finished") {
      const step = steps.get(data.callId);
      if (step === undefined) continue;
      step.sees = data.text;
      const asked = step.approvals.length === 0 ? ["nobody was asked"] : step.approvals;
      const how = data.outcome === "ok" ? [] : [`it ended with: ${data.outcome}`];
      console.log(
        `${columns([step.does, ...[...asked, ...how].map((line) => `· ${line}`)].join("\n"), step.sees, width)}\n`,
      );
    }
    if (kind === "turn.finished") return { steps: [...steps.values()], finish: data.finish, answer: data.text };
  }
}

/** The person has left: everything is to be ended. */
export class Left extends Error {}
