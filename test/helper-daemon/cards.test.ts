import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { limitsSchema } from "../../src/protocol/config.ts";
import { createCatalogue } from "../../src/tools/catalogue.ts";
import { resolveCard } from "../../helper-daemon/cards.ts";
import { createHub } from "../../helper-daemon/hub.ts";
import { createStamp } from "../../helper-daemon/ids.ts";
import { openStore } from "../../helper-daemon/store/open-store.ts";
import type { CardType, Entry, EntryDraft } from "../../src/protocol/entries.ts";
import type { Question } from "../../src/protocol/question.ts";
import { methods, type ParamsOf } from "../../src/protocol/requests.ts";
import type { Json } from "../../src/protocol/values.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";

const where = { session: "s1", turn: "t1" };
const form: Question["form"] = {
  type: "object",
  properties: {
    name: { type: "string", minLength: 2 },
    age: { type: "integer", minimum: 0, maximum: 150 },
    size: { type: "string", enum: ["s", "l"], enumNames: ["Small", "Large"] },
    letters: { type: "boolean" },
    mail: { type: "string", format: "email" },
  },
  required: ["name", "size"],
};

/** A real store with one card per question, `approval`, or `recovery`: `t1.1.0#1`, `t1.1.1#1`, … */
function desk(...opened: (Omit<Question, "from"> | Exclude<CardType, "question">)[]) {
  const folder = temporaryFolder("cards");
  const store = openStore(join(folder, "loopd.db"), createStamp("boot"));
  onTestFinished(() => {
    store.close();
    removeFolder(folder);
  });
  const hub = createHub(store.log);
  const told: Entry[] = [];
  hub.listen((event) => event.type === "entries" && told.push(...event.entries));
  const drafts = opened.flatMap((card, index): EntryDraft[] => {
    const callId = `t1.1.${index}`;
    const cardId = `${callId}#1`;
    const requested = { callId, name: "ask_user", arguments: {}, effect: "state" as const };
    const data =
      typeof card === "string"
        ? { cardId, callId, type: card }
        : { cardId, callId, type: "question" as const, question: { from: "model", ...card } };
    return [
      { kind: "tool.requested", ...where, data: requested },
      { kind: "card.opened", ...where, data },
    ];
  });
  hub.record([
    { kind: "session.created", session: "s1", data: { title: "A talk", workspace: "/w", nonce: "n" } },
    ...drafts,
  ]);
  const resolve = (params: Omit<ParamsOf<"card.resolve">, "by">) =>
    resolveCard(
      store,
      hub,
      createCatalogue({ limits: () => limitsSchema.parse({}) }).book,
      methods["card.resolve"].params.parse({ by: "me", ...params }),
    );
  const answer = (answer: Json, cardId = "t1.1.0#1") => resolve({ cardId, resolution: "answered", answer });
  return { store, hub, told, resolve, answer };
}

const code = (word: string, says = /./) =>
  expect.objectContaining({ code: word, message: expect.stringMatching(says) });

test("what was known of one card is never told of a later one, whatever was recorded between two looks", () => {
  const { store, hub } = desk("approval");
  const call = { callId: "t1.1.1", name: "shell_run", arguments: { command: "first" }, effect: "exec" as const };
  const card = { callId: "t1.1.1", type: "approval" as const };
  expect(store.cards.find("t1.1.0#1")).toMatchObject({ tool: "ask_user" });
  hub.record([
    { kind: "tool.requested", ...where, data: call },
    { kind: "card.opened", ...where, data: { ...card, cardId: "t1.1.1#1" } },
  ]);
  expect(store.cards.find("t1.1.1#1")).toMatchObject({ tool: "shell_run", arguments: { command: "first" } });
  const edit = { cardId: "t1.1.1#1", resolution: "edited" as const, by: "me", arguments: { command: "second" } };
  hub.record([
    { kind: "card.resolved", ...where, data: edit },
    { kind: "card.opened", ...where, data: { ...card, cardId: "t1.1.1#2" } },
  ]);
  expect(store.cards.find("t1.1.1#2")).toMatchObject({ state: "pending", arguments: { command: "second" } });
  expect(store.cards.find("t1.1.1#1")).toMatchObject({ state: "edited", arguments: { command: "first" } });
  expect(store.cards.step("t1.1.1#2").map(({ arguments: values }) => values)).toEqual([{}, { command: "second" }]);
});

test("a question is listed with what it asks, and its answer is recorded once", () => {
  const { store, told, answer, resolve } = desk({ text: "Which city?" });
  expect(store.cards.list({ all: false, limit: 10 })).toMatchObject({
    cards: [
      { approvalId: "t1.1.0#1", type: "question", state: "pending", question: { text: "Which city?", from: "model" } },
    ],
    isEnd: true,
  });
  expect(answer("Berlin", "t1.1.0")).toMatchObject({ state: "answered", resolvedBy: "me" });
  expect(told.at(-1)).toMatchObject({ kind: "card.resolved", data: { resolution: "answered", answer: "Berlin" } });
  const count = told.length;
  expect(() => answer("Paris")).toThrow(code("card-resolved", /already answered by me/));
  expect(() => resolve({ cardId: "t1.1.0#1", resolution: "denied" })).toThrow(code("card-resolved"));
  expect(() => answer("x", "t9.1.0#1")).toThrow(code("unknown-card", /loopd questions list/));
  expect(told).toHaveLength(count);
});

test("words must be there, and not endless", () => {
  const { answer, told } = desk({ text: "Which city?" });
  for (const wrong of ["", " \n", 5, null, ["Berlin"], { city: "Berlin" }]) {
    expect(() => answer(wrong)).toThrow(code("invalid-params", /loopd questions answer t1\.1\.0#1/));
  }
  expect(() => answer("x".repeat(100_001))).toThrow(code("invalid-params", /too long: 100,001 characters/));
  expect(told.filter(({ kind }) => kind === "card.resolved")).toEqual([]);
  expect(answer("x".repeat(100_000)).state).toBe("answered");
});

test("a choice must be one of the choices, by its words", () => {
  const { answer } = desk({ text: "Which?", choices: ["red", "green", "red"] });
  expect(() => answer("1")).toThrow(code("invalid-params", /one of: red, green\./));
  expect(() => answer("Red")).toThrow(code("invalid-params"));
  expect(answer("green").state).toBe("answered");
});

test("a question is declined with a reason, and nobody can approve it", () => {
  const { resolve, told } = desk({ text: "Which?" });
  expect(() => resolve({ cardId: "t1.1.0#1", resolution: "approved" })).toThrow(
    code("invalid-params", /is a question, which nobody can approve/),
  );
  expect(resolve({ cardId: "t1.1.0#1", resolution: "denied", reason: "private" }).state).toBe("denied");
  expect(told.at(-1)).toMatchObject({ data: { resolution: "denied", reason: "private" } });
});

test("a form's fields are checked one by one, and the error names the field and what was expected", () => {
  const { answer } = desk({ text: "Who are you?", form });
  const wrong: [Json, RegExp][] = [
    ["Ada", /object with the fields/],
    [["Ada"], /object with the fields/],
    [{}, /field name is missing: expected text of at least 2 characters/],
    [{ name: "A", size: "s" }, /field name does not fit: expected text of at least 2/],
    [{ name: "Ada" }, /field size is missing: expected one of: Small, Large/],
    [{ name: "Ada", size: "m" }, /field size does not fit: expected one of: Small, Large/],
    [{ name: "Ada", size: "s", age: 1.5 }, /field age does not fit: expected a whole number from 0 to 150/],
    [{ name: "Ada", size: "s", age: "36" }, /field age does not fit/],
    [{ name: "Ada", size: "s", age: 151 }, /field age does not fit/],
    [{ name: "Ada", size: "s", letters: "yes" }, /field letters does not fit: expected true or false/],
    [{ name: "Ada", size: "s", mail: "ada" }, /field mail does not fit: expected an e-mail address/],
    [{ name: "Ada", size: "s", pet: "cat" }, /no field pet\. Fields: name, age, size, letters, mail/],
    [{ name: "Ada", size: "s", constructor: 1 }, /no field constructor/],
    [{ name: "x".repeat(100_001), size: "s" }, /too long/],
  ];
  for (const [value, says] of wrong) expect(() => answer(value)).toThrow(code("invalid-params", says));
  expect(answer({ name: "Ada", size: "l", age: 36, letters: false, mail: "ada@example.com" }).state).toBe("answered");
});

test("an approval and a recovery take no answer that is meant for a question", () => {
  const { resolve, answer, store } = desk("approval", "recovery", { text: "Which?" });
  expect(store.cards.pendingCounts()).toEqual({ approvals: 2, questions: 1 });
  expect(() => answer("yes")).toThrow(code("invalid-params", /an approval, not a question/));
  expect(() => answer("yes", "t1.1.1#1")).toThrow(code("invalid-params", /happened\|again\|skip/));
  expect(() => resolve({ cardId: "t1.1.1#1", resolution: "denied" })).toThrow(code("invalid-params"));
  expect(() => resolve({ cardId: "t1.1.2#1", resolution: "denied", scope: "always" })).toThrow(code("not-allowed"));
  answer("happened", "t1.1.1#1");
  answer("that one", "t1.1.2#1");
  expect(store.cards.pendingCounts()).toEqual({ approvals: 1, questions: 0 });
});

test("cards are listed page by page, whatever has been answered in between", () => {
  const { store, answer } = desk(...Array.from({ length: 5 }, (_, index) => ({ text: `Question ${index}` })));
  const page = (after?: string) => store.cards.list({ all: false, after, limit: 2 });
  const ids = ({ cards }: ReturnType<typeof page>) => cards.map(({ approvalId }) => approvalId);
  const first = page();
  expect({ ids: ids(first), isEnd: first.isEnd }).toEqual({ ids: ["t1.1.0#1", "t1.1.1#1"], isEnd: false });
  answer("x", "t1.1.1#1");
  expect(ids(page("t1.1.1#1"))).toEqual(["t1.1.2#1", "t1.1.3#1"]);
  expect(page("t1.1.3#1")).toMatchObject({ cards: [{ approvalId: "t1.1.4#1" }], isEnd: true });
  expect(ids(store.cards.list({ all: true, after: "t1.1.3#1", limit: 9 }))).toEqual([
    "t1.1.2#1",
    "t1.1.1#1",
    "t1.1.0#1",
  ]);
});

test("each card of a call keeps the arguments and facts that it asked about, also after an edit asked again", () => {
  const { store, resolve, hub } = desk();
  const callId = "t1.1.0";
  const decided = (path: string): EntryDraft => ({
    ...{ kind: "tool.decided", ...where },
    data: {
      ...{ callId, decision: "requiresApproval", ruleId: "mine", reason: `Look at ${path}`, causes: [] },
      facts: { paths: [path], hash: path },
    },
  });
  const opened = (n: number): EntryDraft => ({
    ...{ kind: "card.opened", ...where },
    data: { cardId: `${callId}#${n}`, callId, type: "approval", causes: [] },
  });
  const requested = { callId, name: "files_write", arguments: { path: "a", text: "x" }, effect: "write" as const };
  hub.record([{ kind: "tool.requested", ...where, data: requested }, decided("/a"), opened(1)]);
  resolve({ cardId: "t1.1.0#1", resolution: "edited", arguments: { path: "b", text: "x" } });
  const changed = { hook: "h", at: "before" as const, callId, change: "arguments" as const };
  hub.record([decided("/b"), opened(2)]);
  resolve({ cardId: "t1.1.0#2", resolution: "approved" });
  hub.record([
    { kind: "hook.applied", ...where, data: { ...changed, arguments: { path: "c", text: "x" } } },
    decided("/c"),
    opened(3),
  ]);
  const shown = [1, 2, 3].map((n) => store.cards.find(`${callId}#${n}`));
  expect(shown.map(({ arguments: values }) => (values as { path: string }).path)).toEqual(["a", "b", "c"]);
  expect(shown.map(({ facts, ruleReason }) => [facts?.paths, ruleReason])).toEqual([
    [["/a"], "Look at /a"],
    [["/b"], "Look at /b"],
    [["/c"], "Look at /c"],
  ]);
  expect(store.cards.step("t1.1").map(({ approvalId }) => approvalId)).toEqual([`${callId}#3`]);
});

test("an answer that comes when the turn is being stopped, or after the time was over, changes nothing", () => {
  const { resolve, hub, told } = desk("approval", "approval");
  const late: EntryDraft = {
    ...{ kind: "card.opened", ...where },
    data: { cardId: "t1.1.0#2", callId: "t1.1.0", type: "approval", causes: [], expiresAt: Date.now() - 1 },
  };
  hub.record([late]);
  expect(() => resolve({ cardId: "t1.1.0#2", resolution: "approved" })).toThrow(
    code("card-resolved", /expired at .*counts as denied/),
  );
  hub.record([{ kind: "turn.stopping", ...where, data: { by: "me elsewhere", why: "" } }]);
  const count = told.length;
  expect(() => resolve({ cardId: "t1.1.1#1", resolution: "approved" })).toThrow(
    code("turn-finished", /stopped by me elsewhere at \d{4}-.*Nothing will run/),
  );
  expect(told).toHaveLength(count);
});

test("only identical approvals count together, over all sessions, until such a grant was taken back", () => {
  const { store, hub } = desk();
  let number = 0;
  /** A card about a command in a folder, resolved so; gives how often such a call had been approved before. */
  const card = (argv: string[], resolution: "approved" | "denied", more: { ruleId?: string; path?: string } = {}) => {
    const turn = `t${(number += 1)}`;
    const at = { session: `s${number % 2}`, turn };
    const callId = `${turn}.1.0`;
    const { ruleId = "default-ask", path = "/w" } = more;
    const facts = { argv, paths: [path], isCompound: false, isSandboxed: false, hash: "h" };
    hub.record([
      { kind: "tool.requested", ...at, data: { callId, name: "shell_run", arguments: {}, effect: "exec" } },
      { kind: "tool.decided", ...at, data: { callId, decision: "requiresApproval", ruleId, causes: [], facts } },
      { kind: "card.opened", ...at, data: { cardId: `${callId}#1`, callId, type: "approval", causes: [] } },
    ]);
    const { approvals } = store.cards.find(`${callId}#1`);
    hub.record([{ kind: "card.resolved", ...at, data: { cardId: `${callId}#1`, resolution, by: "me" } }]);
    return approvals;
  };
  expect([card(["a"], "approved"), card(["a"], "approved"), card(["a"], "denied"), card(["a"], "approved")]).toEqual([
    ...[0, 1, 2, 2],
  ]);
  expect([card(["a", "b"], "approved"), card(["A"], "approved"), card(["a"], "approved", { path: "/v" })]).toEqual([
    ...[0, 0, 0],
  ]);
  expect([
    card(["h"], "approved", { ruleId: "hook strict" }),
    card(["h"], "approved", { ruleId: "hook strict" }),
  ]).toEqual([0, 0]);
  const rule = { id: "grant-t1.1.0#1", layer: "grant", when: { tool: "shell_run" }, decision: "execute" } as const;
  hub.record([{ kind: "rule.added", session: "home", data: { rule } }]);
  expect(card(["a"], "approved")).toBe(3);
  hub.record([{ kind: "rule.removed", session: "home", data: { rule } }]);
  expect(card(["a"], "approved")).toBe(0);
  expect(card(["a", "b"], "approved")).toBe(1);
});
