import { expect, test } from "vitest";
import type { ToolHook } from "../../../src/agent/embed/index.ts";
import { hastyRuntime, says, scripted, uses } from "../../fakes/embedded.ts";

const policy = { resolve: () => ({ decision: "execute" as const }) };
const mail = (to: string) => uses(["send_mail", { to }]);

test("the seed's redaction by hook: the model sees placeholders, the tool the real value", async () => {
  const real = "ann@example.com";
  const redact: ToolHook = {
    name: "redact",
    beforeExecute: ({ arguments: values }) => ({
      arguments: JSON.parse(JSON.stringify(values).replaceAll("<email-1>", real)) as never,
    }),
    afterExecute: (_, { text }) => ({ text: text.replaceAll(real, "<email-1>") }),
  };
  const { session, requests, done } = scripted([mail("<email-1>"), says("sent")], { hooks: [redact], policy });
  await (
    await session.send("write to <email-1>")
  ).result;
  expect(done).toEqual([`mail ${real}`]);
  expect(JSON.stringify(requests)).not.toContain(real);
  expect(JSON.stringify(requests[1]?.messages)).toContain("sent to <email-1>");
});

test("hooks go in order before and in reverse after, and see every outcome", async () => {
  const told: string[] = [];
  const hook = (name: string): ToolHook => ({
    name,
    beforeExecute: (call, { session, environment }) => {
      told.push(`${name} before ${call.name} ${session.slice(0, 2)} ${Object.keys(environment).length}`);
    },
    afterExecute: (_, { kind }) => {
      told.push(`${name} after ${kind}`);
    },
  });
  const { session } = scripted([mail("a"), says("end")], {
    hooks: [hook("one"), hook("two")],
    policy: { resolve: () => ({ decision: "deny" }) },
  });
  await (
    await session.send("go")
  ).result;
  expect(told).toEqual([
    ...["one before send_mail s_ 0", "two before send_mail s_ 0", "two after denied", "one after denied"],
  ]);
});

test("a hook cancels a call with its reason; changed arguments must fit the tool", async () => {
  const cancel: ToolHook = { name: "stop", beforeExecute: () => ({ cancel: { reason: "office hours" } }) };
  const stopped = scripted([mail("a"), says("end")], { hooks: [cancel], policy });
  await (
    await stopped.session.send("go")
  ).result;
  expect(stopped.done).toEqual([]);
  expect(JSON.stringify(stopped.requests[1]?.messages)).toContain("office hours");

  const garble: ToolHook = { name: "garble", beforeExecute: () => ({ arguments: { to: 5 } }) };
  const garbled = scripted([mail("a"), says("end")], { hooks: [garble], policy });
  await (
    await garbled.session.send("go")
  ).result;
  expect(garbled.done).toEqual([]);
});

const never = () => new Promise<never>(() => {});
test.each<[string, ToolHook, number, RegExp]>([
  ["throws before", { name: "h", beforeExecute: () => Promise.reject(new Error("down")) }, 0, /down. Nothing was run/],
  ["hangs before", { name: "h", beforeExecute: never }, 0, /longer than 10 s/],
  ["says nonsense before", { name: "h", beforeExecute: () => "yes" as never }, 0, /does not fit/],
  ["throws after", { name: "h", afterExecute: () => Promise.reject(new Error("down")) }, 1, /withheld.*down/],
  ["hangs after", { name: "h", afterExecute: never }, 1, /withheld.*longer than 10 s/],
  ["says nonsense after", { name: "h", afterExecute: () => 5 as never }, 1, /withheld/],
])("a hook that %s is on the strict side, and the turn ends well", async (_, hook, runs, words) => {
  const options = { hooks: [hook], policy, runtime: hastyRuntime() };
  const { session, done, requests } = scripted([mail("a"), says("end")], options);
  expect((await (await session.send("go")).result).finish).toBe("done");
  expect(done).toHaveLength(runs);
  const read = JSON.stringify(requests[1]?.messages.at(-1));
  expect(read).toMatch(words);
  expect(read).not.toContain("sent to");
});
