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
  return { store, told, resolve, answer };
}

const code = (word: string, says = /./) =>
  expect.objectContaining({ code: word, message: expect.stringMatching(says) });

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
