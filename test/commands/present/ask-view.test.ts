import { expect, test } from "vitest";
import type { CardRow } from "../../../src/protocol/requests.ts";
import { askActions } from "../../../src/commands/present/ask-actions.ts";
import { presentAsk } from "../../../src/commands/present/ask-view.ts";
import { isWorthReturning, parseLastTurn } from "../../../src/commands/present/last-turn.ts";
import { beginProgress, type TurnProgress } from "../../../src/commands/present/turn-progress.ts";

const NOW = Date.parse("2026-11-21T10:00:05Z");
const running: TurnProgress = {
  ...beginProgress("s1", "t1"),
  endpoint: "local",
  model: "m",
  state: "running",
  steps: 2,
  calls: [
    {
      callId: "t1.1.0",
      name: "files_read",
      summary: "read README.md",
      state: "finished",
      outcome: "ok",
      durationMs: 12,
    },
    { callId: "t1.1.1", name: "shell_run", summary: "run `date`", state: "finished", outcome: "denied", durationMs: 0 },
  ],
  tokens: { input: 1200, cached: 300, output: 40 },
  startedAt: "2026-11-21T10:00:00Z",
};
const card: CardRow = {
  approvalId: "t1.1.1#1",
  type: "approval",
  session: "s1",
  title: "A question",
  turn: "t1",
  callId: "t1.1.1",
  tool: "shell_run",
  effect: "exec",
  arguments: { command: "echo '```' # **bold**" },
  rationale: "![x](http://a.example) trust me",
  causes: [],
  workspace: "/work",
  requestedAt: "2026-11-21T10:00:01Z",
  state: "pending",
};
const situation = { input: "What is the time?", cards: [], stalled: undefined, now: NOW };

test("a running turn shows the answer so far, then its calls, and counts", () => {
  const view = presentAsk({ ...situation, progress: { ...running, text: "It is" } });
  expect(view.isLoading).toBe(true);
  expect(view.markdown.split("\n").filter(Boolean)).toEqual([
    "> What is the time?",
    "It is",
    "---",
    "- ✓ `read README.md` 12 ms",
    "- ⊘ `run date` denied 0 ms",
  ]);
  expect(view.rows).toEqual([
    { type: "tags", title: "State", tags: [{ text: "Working", tint: "Blue" }] },
    { type: "label", title: "Model", text: "m at local" },
    { type: "label", title: "Steps", text: "2 with 2 calls" },
    { type: "label", title: "Tokens", text: "1,200 fresh, 300 cached, 40 out" },
    { type: "label", title: "Time", text: "5.0 s" },
    { type: "label", title: "Session", text: "s1" },
  ]);
});

test("a warning stands above the answer, what became of the window below it", () => {
  const notices = [
    { type: "progress" as const, text: "summarising…" },
    { type: "warning" as const, text: "Warning: *local* drops [messages](http://a.example)" },
  ];
  const { markdown } = presentAsk({ ...situation, progress: { ...running, calls: [], text: "It is", notices } });
  expect(markdown.split("\n").filter(Boolean)).toEqual([
    "> What is the time?",
    expect.stringMatching(/^> \*\*Warning.*drops/),
    "It is",
    "- *summarising…*",
  ]);
  expect(markdown).not.toContain("[messages](");
});

test("the rehearsal model is called what it is", () => {
  const { rows, markdown } = presentAsk({ ...situation, progress: { ...running, isRehearsal: true, finish: "done" } });
  expect(markdown).toContain("not an AI");
  expect(rows[1]).toEqual({ type: "tags", title: "Model", tags: [{ text: "rehearsal: not an AI", tint: "Orange" }] });
});

test("a card comes before the answer, with the real arguments in a fence they cannot close and the model's words last", () => {
  const waiting: TurnProgress = { ...running, state: "waiting" };
  const { markdown, isLoading } = presentAsk({
    ...situation,
    progress: { ...waiting, text: "Let me." },
    cards: [card, card],
  });
  expect(isLoading).toBe(false);
  expect(markdown).toContain("````\ncommand: echo '```' # **bold**\n````");
  expect(markdown).not.toContain("![x]");
  expect(markdown.indexOf("trust me")).toBeGreaterThan(markdown.indexOf("echo"));
  expect(markdown.indexOf("Let me.")).toBeGreaterThan(markdown.indexOf("trust me"));
  expect(markdown).toContain("1 more waits after this one");
  const rules = (shown: string) => shown.split("\n").filter((line) => line === "---").length;
  expect(rules(markdown)).toBe(2);
  const silent = presentAsk({ ...situation, progress: { ...waiting, text: "", reasoning: "" }, cards: [card] });
  expect(rules(silent.markdown)).toBe(1);
});

test("a failed turn says why, in words that nothing in them can dress up", () => {
  const error = { code: "endpoint-unreachable", message: "Nothing answers at http://x. Try **this**." };
  const { markdown, rows } = presentAsk({
    ...situation,
    progress: { ...running, state: "failed", finish: "failed", error },
  });
  expect(markdown).toContain("**The turn failed.** Nothing answers at");
  expect(markdown).toContain("\\*\\*this\\*\\*");
  expect(rows[0]).toMatchObject({ tags: [{ text: "Failed", tint: "Red" }] });
});

test("what waits for an answer is on the return key, denying on the next, and never after the end", () => {
  const types = (progress: TurnProgress, cards: CardRow[] = []) =>
    askActions(progress, "q", cards).map((action) => action.type);
  const titles = askActions(running, "q", [card]).flatMap((action) =>
    action.type === "answer-card" ? action.choice.title : [],
  );
  expect(titles).toEqual(["Approve", "Deny"]);
  expect(types(running, [{ ...card, type: "recovery" }]).slice(0, 4)).toEqual([
    "answer-card",
    "answer-card",
    "answer-card",
    "copy-arguments",
  ]);
  expect(types(running)).toEqual(["steer", "stop", "new-question", "copy-session"]);
  expect(types({ ...running, finish: "done", text: "x" })[0]).toBe("copy-answer");
  expect(types({ ...running, finish: "failed" })[0]).toBe("ask-again");
});

test("Ask returns to a turn that runs, or ended unseen and lately, in this home only", () => {
  const last = { home: "/h", session: "s", turn: "t", askedAt: NOW - 3_600_000, isSeen: false };
  expect(parseLastTurn(JSON.stringify(last), "/h")).toEqual(last);
  expect(parseLastTurn(JSON.stringify(last), "/other")).toBeUndefined();
  expect(parseLastTurn("{", "/h")).toBeUndefined();
  expect(isWorthReturning(last, "done", NOW)).toBe(true);
  expect(isWorthReturning({ ...last, isSeen: true }, "done", NOW)).toBe(false);
  expect(isWorthReturning({ ...last, askedAt: NOW - 86_400_000 }, "done", NOW)).toBe(false);
  expect(isWorthReturning({ ...last, askedAt: NOW - 864_000_000 }, "waiting", NOW)).toBe(true);
  expect(isWorthReturning(last, undefined, NOW)).toBe(false);
});
