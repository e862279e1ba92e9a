import fc from "fast-check";
import { expect } from "vitest";
import { MAC_PROTOCOL, macAnswers } from "../../../src/ax-helper/backends/mac/protocol.ts";
import { capture, nativeTest as test, screenOf } from "./native-test.ts";
import { World } from "./world.ts";

function plain() {
  const world = new World();
  world.app("App");
  return world;
}

test("it replaces itself once, responsible for itself, under the same process id", async () => {
  const screen = await screenOf(plain());
  const hello = macAnswers.hello.parse((await screen.request({ do: "hello" })).ok);
  expect(hello).toMatchObject({ protocol: MAC_PROTOCOL, responsible: "self", pid: screen.pid });
  const without = await screenOf(plain(), { STUB_NO_DISCLAIM: "1" });
  expect((await without.request({ do: "hello" })).ok?.["responsible"]).toBe("unavailable");
});

test("whatever a line holds, it gets one answer and the next request is served", async () => {
  const screen = await screenOf(plain());
  const lines: (string | Buffer)[] = [
    "",
    "{",
    "[]",
    "null",
    "5",
    '{"id":1}',
    '{"id":-1,"do":"hello"}',
    '{"id":1e400,"do":"hello"}',
    '{"id":1,"do":"nothing"}',
    '{"id":1,"do":["hello"]}',
    '{"id":1,"do":"hello"} x',
    '{"id":1,"do":"hello",}',
    '{"id":1,"do":"hello","x":01}',
    '{"id":1,"do":"hello","x":1.}',
    '{"id":1,"do":"hello","x":"\\ud83d\\u12"}',
    '{"id":1,"do":"hello","x":"\u0001"}',
    Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
    Buffer.from('{"id":1,"do":"hello","x":"\xed\xa0\x80"}', "latin1"),
    `{"id":1,"do":${"[".repeat(1000)}`,
    `{"id":1,"x":[${"1,".repeat(1000)}1],"do":"hello"}`,
    Buffer.from('{"id":1,\0"do":"hello"}'),
  ];
  for (const line of lines) {
    const answer = await screen.raw(Buffer.concat([Buffer.from(line), Buffer.from("\n")]));
    expect(answer.error?.code, String(line).slice(0, 60)).toBe("invalid");
  }
  const pairs = await screen.raw('{"id":7,"do":"hello","x":"\\ud83d\\ude00 \\ud83d \\u0000"}\r\n');
  expect(pairs.ok).toBeDefined();
});

test("a line of any length is refused once, and nothing of it is kept", async () => {
  const screen = await screenOf(plain());
  const answer = await screen.raw(`{"id":3,"do":"hello","x":"${"a".repeat(3 << 20)}"}\n`);
  expect(answer).toMatchObject({ id: null, error: { code: "invalid" } });
  expect((await screen.request({ do: "hello" })).ok).toBeDefined();
});

test("several lines at once are answered one by one, in order", async () => {
  const screen = await screenOf(plain());
  const first = await screen.raw('{"id":101,"do":"apps"}\n{"id":102,"do":"hello"}\n{"id":103,');
  expect([first.id, (await screen.raw("")).id]).toEqual([101, 102]);
  expect((await screen.raw('"do":"secure-input"}\n')).id).toBe(103);
});

test("numbers out of their bounds are refused by name", async () => {
  const screen = await screenOf(plain());
  const { pid } = (await capture(screen)).app;
  const wrong: [object, string][] = [
    [{ do: "capture", nodes: 0 }, "nodes"],
    [{ do: "capture", nodes: 1e12 }, "nodes"],
    [{ do: "capture", nodes: 1.5 }, "nodes"],
    [{ do: "capture", nodes: "5" }, "nodes"],
    [{ do: "capture", depth: 501 }, "depth"],
    [{ do: "capture", bytes: -1 }, "bytes"],
    [{ do: "capture", rows: 100_000 }, "rows"],
    [{ do: "capture", timeMs: 1 }, "timeMs"],
    [{ do: "capture", callMs: 60_000 }, "callMs"],
    [{ do: "capture", pid: 0 }, "pid"],
    [{ do: "capture", pid: 2 ** 40 }, "pid"],
    [{ do: "capture", element: -3 }, "element"],
    [{ do: "capture", window: 2 ** 60 }, "window"],
    [{ do: "windows" }, "pid"],
    [{ do: "hit", x: 1e9, y: 0 }, "x"],
    [{ do: "hit", x: 1 }, "y"],
    [{ do: "text" }, "element"],
    [{ do: "text", element: 1, count: 1_000_000 }, "count"],
    [{ do: "check", element: 0 }, "element"],
    [{ do: "act", action: "press" }, "element"],
    [{ do: "act", action: "dance", element: 1 }, "action"],
    [{ do: "act", action: "key", pid, chord: "x".repeat(100) }, "chord"],
    [{ do: "act", action: "menu", pid, path: ["x".repeat(500)] }, "path"],
  ];
  for (const [request, parameter] of wrong) {
    const { error } = await screen.request(request as Record<string, unknown>);
    expect(error?.code, JSON.stringify(request)).toBe("invalid");
    expect(error?.message).toContain(parameter);
  }
});

test("any JSON for any request gets one answer under its id", async () => {
  const screen = await screenOf(plain());
  await capture(screen);
  const requests = ["hello", "trust", "apps", "frontmost", "windows", "capture", "text", "hit", "check", "act"];
  const actions = [
    "press",
    "perform",
    "set-value",
    "insert-text",
    "select-text",
    "focus",
    "select",
    "scroll",
    "scroll-to",
  ];
  const action = fc.constantFrom(...actions, "type", "key", "click", "menu", "choose");
  const keys = [
    "element",
    "pid",
    "window",
    "x",
    "y",
    "nodes",
    "rows",
    "text",
    "path",
    "value",
    "chord",
    "name",
    "from",
  ];
  const value = fc.oneof(fc.constantFrom(0, 1, 2, 500, -1, 2 ** 53, 1e308), fc.jsonValue({ maxDepth: 3 }));
  const fields = fc.dictionary(fc.constantFrom(...keys, "count", "exclude", "direction", "button", "prompt"), value);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...requests), action, fields, async (wanted, acted, rest) => {
      const { ok, error } = await screen.request({ ...rest, do: wanted, action: acted, timeMs: 1000 });
      expect(ok ?? error).toBeDefined();
    }),
    { numRuns: 400 },
  );
});
