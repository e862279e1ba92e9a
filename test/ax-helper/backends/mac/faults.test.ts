import { expect } from "vitest";
import { World } from "../../native/world.ts";
import { deskTest as test, find, openDesk, refusal } from "./desk.ts";

/** A program with a button, and another one. */
function mail() {
  const world = new World();
  const { window, pid, app } = world.app("Mail", { title: "Inbox" });
  const send = world.add(window, "AXButton", { AXTitle: "Send" }, { actions: ["AXPress"] });
  const other = world.app("Notes");
  return { world, window, pid, app, send, other };
}

test("a control that was renamed since it was read is stale, whoever has read it since", async () => {
  const { world, send } = mail();
  const desk = openDesk(world);
  const button = find(await desk.capture(), "push button", "Send");
  await desk.control(`text ${send} 0 AXTitle Delete`);
  const refused = await desk.act(button, { action: "press" });
  expect(refused).toMatchObject({ code: "stale", message: expect.stringContaining('push button "Delete"') });
  // Another session reads the window: the program's own memory of the element is of the new name by then.
  await desk.capture();
  expect(await desk.act(button, { action: "press" })).toMatchObject({ code: "stale" });
  expect(await desk.act({ ...button, role: "link", name: "Delete" }, { action: "press" })).toMatchObject({
    code: "stale",
  });
  expect(await desk.events()).toEqual([]);
});

test("an element, a window and a program that are gone are told apart from those that never were", async () => {
  const { world, send, window } = mail();
  const desk = openDesk(world);
  const seen = await desk.capture();
  await desk.control(`dead ${send} 1`);
  expect(await desk.act(find(seen, "push button", "Send"), { action: "press" })).toMatchObject({ code: "gone" });
  await desk.control(`dead ${window} 1`);
  expect((await refusal(desk.screen.ask({ do: "capture", window: seen.about.windowId }, {}))).code).toBe("gone");
  const never = `${seen.about.pid}/999999`;
  for (const request of [
    { do: "check", element: never },
    { do: "text", element: never, from: 0, count: 5 },
    { do: "capture", window: never },
    { do: "act", element: never, expected: { role: "", name: "" }, act: { action: "press" } },
  ] as const)
    expect((await refusal(desk.screen.ask(request, {}))).code, request.do).toBe("gone");
  expect((await refusal(desk.screen.ask({ do: "check", element: "nonsense" }, {}))).code).toBe("invalid");
});

test("an action that the program does not confirm is unknown, and says not to repeat it", async () => {
  const { world, send } = mail();
  const desk = openDesk(world);
  const button = find(await desk.capture(), "push button", "Send");
  await desk.control(`after-error ${send} -25204`);
  const acted = await desk.act(button, { action: "press" });
  expect(acted).toMatchObject({ outcome: "unknown", note: expect.stringContaining("may have happened") });
  expect(await desk.events()).toHaveLength(1);
});

test("a program that hangs for 5 s costs one bounded call, is listed as not responding, and the others stay readable", async () => {
  const { world, pid, other } = mail();
  const desk = openDesk(world);
  const seen = await desk.capture();
  await desk.control(`hang ${pid} 5000`);
  const before = performance.now();
  expect((await refusal(desk.screen.ask({ do: "capture", app: "Mail" }, {}))).code).toBe("not-responding");
  const { apps } = await desk.ask({ do: "apps" });
  expect(apps.map((app) => [app.pid, app.responding, app.windows.length])).toEqual([
    [pid, false, 0],
    [other.pid, true, 1],
  ]);
  expect((await desk.capture({ app: "Notes" })).window.app).toBe("Notes");
  expect(await desk.act(find(seen, "push button", "Send"), { action: "press" })).toMatchObject({
    code: "not-responding",
  });
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(desk.screen.health()).toMatchObject({ starts: 1 });
});

test("who cancels is told at once, and the process and its elements live on", async () => {
  const { world, pid } = mail();
  const desk = openDesk(world);
  const button = find(await desk.capture(), "push button", "Send");
  await desk.control(`hang ${pid} 1500`);
  const stop = new AbortController();
  const capture = desk.screen.ask({ do: "capture", app: "Mail" }, { signal: stop.signal });
  const waiting = desk.screen.ask({ do: "apps" }, { signal: stop.signal });
  stop.abort();
  expect((await refusal(capture)).code).toBe("cancelled");
  expect((await refusal(waiting)).code).toBe("cancelled");
  expect((await refusal(desk.screen.ask({ do: "apps" }, { signal: stop.signal }))).code).toBe("cancelled");
  await expect
    .poll(async () => desk.act(button, { action: "press" }), { timeout: 10_000 })
    .toMatchObject({ outcome: "done" });
  expect(desk.screen.health()).toMatchObject({ starts: 1 });
});

test("a process that was killed is another one: its elements are refused as gone", async () => {
  const { world } = mail();
  const desk = openDesk(world);
  const reply = await desk.screen.ask({ do: "capture" }, {});
  const { pid } = desk.screen.health();
  if (pid === undefined || !("generation" in reply)) throw new Error("no process");
  process.kill(pid, "SIGKILL");
  await expect.poll(() => desk.screen.health().pid).not.toBe(pid);
  const { generation } = reply;
  expect((await refusal(desk.screen.ask({ do: "capture" }, { generation }))).code).toBe("gone");
  const again = await desk.screen.ask({ do: "capture" }, {});
  expect("generation" in again && again.generation).toBe(generation + 1);
});

test("a program that is none of ours, or lies, is a problem and nothing else", async () => {
  const { createScreenClient } = await import("../../../../src/ax-helper/client.ts");
  const { adaptMac } = await import("../../../../src/ax-helper/backends/mac/mac.ts");
  const lies = [
    "{}",
    '{"nodes":5}',
    '{"nodes":[{"id":-1}],"unread":[],"cut":"none","calls":0,"held":0}',
    '{"apps":[{"pid":"x"}]}',
    '{"nodes":[{"id":1,"parent":1},{"id":1,"root":"window"}],"unread":[[9,9]],"cut":"none","calls":1,"held":1,"app":{"pid":7,"name":"Lie","toolkit":"native"},"window":{"id":1,"front":true},"pid":7,"trusted":true}',
  ];
  for (const lie of lies) {
    const script = `require("readline").createInterface({input: process.stdin}).on("line", (line) =>
      console.log('{"id":' + JSON.parse(line).id + ',"ok":' + process.argv[1] + '}'))`;
    const program = { command: process.execPath, args: ["-e", script, lie], environment: {} };
    const client = createScreenClient({ program, idleMs: 60_000, now: () => performance.now() });
    const ask = adaptMac(client.ask);
    for (const request of [
      { do: "apps" },
      { do: "capture" },
      { do: "check", element: "7/1" },
      { do: "hit", window: "7/1", x: 1, y: 1 },
      { do: "text", element: "7/1", from: 0, count: 1 },
      { do: "trust", ask: true },
      { do: "act", element: "7/1", expected: { role: "panel", name: "" }, act: { action: "press" } },
      { do: "nothing" },
    ]) {
      const reply = await ask(request, { limitMs: 5_000 });
      if ("code" in reply) expect(["crashed", "invalid", "stale", "gone"]).toContain(reply.code);
      else expect(reply.answer).toBeTypeOf("object");
    }
    await client.close();
  }
});
