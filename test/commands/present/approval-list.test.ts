import { expect, test } from "vitest";
import { presentWaiting, waitingTurns } from "../../../src/commands/present/approval-list.ts";
import { cardActions } from "../../../src/commands/present/card-actions.ts";
import { stepAnswerWords } from "../../../src/commands/present/step-answer.ts";
import type { CardRow } from "../../../src/protocol/requests.ts";

function card(session: string, index: number, changes: Partial<CardRow> = {}): CardRow {
  const turn = `t${session}`;
  const callId = `${turn}.1.${index}`;
  return {
    ...{ approvalId: `${callId}#1`, type: "approval", session, title: `Talk ${session}`, turn, callId },
    ...{ tool: "shell_run", arguments: { command: `make ${session}-${index}` }, causes: [], workspace: "/w" },
    ...{ requestedAt: "2026-03-01T10:00:00.000Z", state: "pending", ...changes },
  };
}

const everything = { words: "", filter: "all", most: 100 } as const;
const idsOf = ({ turns }: ReturnType<typeof waitingTurns>) =>
  turns.map(({ cards }) => cards.map(({ approvalId }) => approvalId));

test("cards stand by turn, those that wait longest first, and only so many are shown", () => {
  const cards = [card("a", 0), card("b", 0), card("a", 1), card("c", 0)];
  const all = waitingTurns(cards, everything);
  expect(all.hasMore).toBe(false);
  expect(idsOf(all)).toEqual([["ta.1.0#1", "ta.1.1#1"], ["tb.1.0#1"], ["tc.1.0#1"]]);
  expect(all.turns[0]).toMatchObject({ title: "Talk a", subtitle: "2 calls of one turn" });
  const some = waitingTurns(cards, { ...everything, most: 3 });
  expect(some.hasMore).toBe(true);
  expect(idsOf(some)).toEqual([["ta.1.0#1", "ta.1.1#1"], ["tb.1.0#1"]]);
  expect(idsOf(waitingTurns(cards, { ...everything, most: 1 }))).toEqual([["ta.1.0#1"]]);
});

test("a search looks for every word in arguments, session and what the model says; a filter keeps one kind", () => {
  const cards = [
    card("a", 0),
    card("b", 0, { rationale: "Because of the Invoice" }),
    card("c", 0, { type: "question", question: { text: "Which colour?", from: "model" } }),
  ];
  const found = (words: string) => idsOf(waitingTurns(cards, { ...everything, words })).flat();
  expect(found("MAKE a-0")).toEqual(["ta.1.0#1"]);
  expect(found("invoice")).toEqual(["tb.1.0#1"]);
  expect(found("talk colour")).toEqual(["tc.1.0#1"]);
  expect(found("colour invoice")).toEqual([]);
  expect(idsOf(waitingTurns(cards, { ...everything, filter: "question" }))).toEqual([["tc.1.0#1"]]);
});

test("a line shows what really would run, and why it is asked although such calls may run", () => {
  const tainted = card("a", 0, {
    arguments: { command: "rm \u202egpj." },
    causes: [{ type: "taint", source: "https://example.com" }],
  });
  expect(presentWaiting(tainted)).toMatchObject({
    ...{ title: "run `rm ⟨U+202E⟩gpj.`", kind: "Approval" },
    warning: "text from elsewhere may have suggested it (https://example.com)",
  });
  const question = card("a", 0, { type: "question", question: { text: "Which\ncolour?", from: "model" } });
  expect(presentWaiting(question)).toMatchObject({ title: "Which colour?", kind: "Question", warning: undefined });
});

test("a step is answered as one only where more of it waits, and never with questions or other steps", () => {
  const first = card("a", 0);
  const others = [card("a", 1), card("a", 2, { type: "question" }), card("a", 0, { callId: "ta.2.0" }), card("b", 0)];
  const step = cardActions(first, [first, ...others]).find(({ type }) => type === "answer-step");
  expect(step).toMatchObject({ cards: [{ callId: "ta.1.0" }, { callId: "ta.1.1" }] });
  expect(cardActions(first, [first]).map(({ type }) => type)).not.toContain("answer-step");
  const recovery = card("a", 0, { type: "recovery" });
  expect(cardActions(recovery, [recovery]).map(({ type }) => type)).toEqual([
    ...["answer-card", "answer-card", "answer-card", "copy-arguments"],
  ]);
});

test("the end of a step's answer says how far it reached, and who was first or why not for the rest", () => {
  const row = { cardId: "t.1.0#1", tool: "shell_run", state: "approved" } as const;
  expect(stepAnswerWords([{ ...row, result: "resolved" }])).toEqual({
    ...{ title: "Approved 1 call", message: "", isWhole: true },
  });
  const earlier = { ...row, result: "earlier", state: "denied", resolvedBy: "cli", resolvedAt: "10:00" } as const;
  const refused = { ...row, result: "refused", state: "pending", message: "It expired." } as const;
  expect(stepAnswerWords([{ ...row, result: "resolved" }, earlier, refused])).toEqual({
    title: "Approved 1 call",
    message: "shell_run was already denied by cli at 10:00; shell_run: It expired.",
    isWhole: false,
  });
  expect(stepAnswerWords([earlier]).title).toBe("Nothing Waited Any More");
});
