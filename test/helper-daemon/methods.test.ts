import { expect, test } from "vitest";
import { checkCaller, type Handlers, requestAsTool } from "../../helper-daemon/methods.ts";
import { type MethodName, methods, type ToolMethod } from "../../src/protocol/requests.ts";

const names = Object.keys(methods) as MethodName[];
const origin = { caller: "tool" as const, session: "s1", turn: "t1", callId: "t1.1.0" };

/** Every method a running tool may call. One more needs a reason why it cannot approve, permit or send anything. */
const FOR_TOOLS = [
  ...["file.changing", "file.seen"],
  ...["memory.forget", "memory.list", "memory.read", "memory.search", "memory.write"],
  // Behind calls of effect `schedule`, which a person approves; what they add may do no more than the turn that adds it.
  ...["routine.add", "routine.edit", "routine.list", "routine.remove", "routine.runs"],
  ...["session.list", "session.search", "session.show", "state.get", "state.query", "state.set"],
  ...["tool.list", "tool.show", "turn.await", "turn.delegate"],
];

test("tools may call these methods and no other: none that answers a card or changes what holds", () => {
  const open = names.filter((name) => (methods[name].callers as readonly string[]).includes("tool"));
  expect(open.sort()).toEqual([...FOR_TOOLS].sort());
});

test("a tool that calls any other method is refused before its handler is asked", async () => {
  const asked: string[] = [];
  const handlers = Object.fromEntries(names.map((name) => [name, () => asked.push(name)])) as unknown as Handlers;
  const closed = names.filter((name) => !FOR_TOOLS.includes(name));
  expect(closed).toContain("card.resolve");
  for (const name of closed) {
    expect(() => checkCaller(name, "tool")).toThrow(expect.objectContaining({ code: "not-allowed" }));
  }
  const approval = { cardId: "t1.1.0#1", resolution: "approved", by: "a tool" } as never;
  const answered = requestAsTool(
    handlers,
    origin,
    "card.resolve" as ToolMethod,
    approval,
    new AbortController().signal,
  );
  await expect(answered).rejects.toMatchObject({ code: "not-allowed" });
  expect(asked).toEqual([]);
});
