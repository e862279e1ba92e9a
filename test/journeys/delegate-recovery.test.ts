import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createHub } from "../../helper-daemon/hub.ts";
import { createStamp } from "../../helper-daemon/ids.ts";
import { openStore } from "../../helper-daemon/store/open-store.ts";
import type { EntryDraft } from "../../src/protocol/entries.ts";
import { delegated, delegateStart, delegating, finishOf, homeWith, plays } from "../fakes/delegating.ts";
import { removeFolder, startHelper, temporaryFolder, witness } from "../fakes/helper.ts";
import { journey } from "../fakes/journey.ts";
import { gate, script } from "../fakes/model-server.ts";
import { isAlive, pidsIn } from "../tools/world.ts";

const says = (text: string) => () => script().says(text);
const SLEEPS = "echo $$ >> pids; sleep 1000";
const sleeps = () => script().calls("shell_run", { command: SLEEPS, outside: true });
const PERMITTED = { rules: [{ id: "run", when: { effect: "exec" }, decision: "execute" }] };

test(
  "killed or stopped five times while delegates work, each is taken up again, and none is started twice",
  { timeout: 60_000 },
  async () => {
    const held = gate();
    const { face, helper, workspace, server, restart } = await journey(
      plays([delegating({ task: "task-a" }, { task: "task-b" }), says("done")], {
        "task-a": [() => script().says("a").holds(held)],
        "task-b": [() => script().says("b").holds(held)],
      }),
    );
    const { turn } = await face.submit({ input: "go", workspace });
    await Promise.all([delegateStart(face, "task-a"), delegateStart(face, "task-b")]);
    let last = { helper, face };
    for (let round = 0; round < 5; round += 1) {
      const before = server.requests.length;
      await last.helper.kill();
      last = await restart();
      // The turn and both of its delegates are at work again.
      const again = await last.face.untilKind(
        "tool.started",
        ({ data }) => data.callId === `${turn}.1.1` && data.attempt === round + 2,
      );
      expect(again.turn).toBe(turn);
      await server.received(before + 2);
    }
    held.release();
    expect(await finishOf(last.face, turn)).toMatchObject({ finish: "done", text: "done" });
    const results = delegated(last.face.entries);
    expect(results.map(({ outcome, attempt, text }) => [outcome, attempt, text[0]]).sort()).toEqual([
      ["ok", 6, "a"],
      ["ok", 6, "b"],
    ]);
    expect(last.face.entries.filter(({ kind }) => kind === "session.created")).toHaveLength(3);
  },
);

test("a delegate that waits for a person waits through a crash, and goes on when it is answered", async () => {
  const { face, helper, workspace, restart } = await journey(
    plays([delegating({ task: "task-a" }), says("done")], {
      "task-a": [() => script().calls("shell_run", { command: "touch a", outside: true }), says("a")],
    }),
  );
  const { turn } = await face.submit({ input: "go", workspace });
  const card = await face.untilKind("card.opened");
  await helper.kill();
  const again = await restart();
  const { cards } = await again.face.connection.request("card.list", {});
  expect(cards.map(({ approvalId }) => approvalId)).toEqual([card.data.cardId]);
  await again.face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "approved", by: "me" });
  expect(await finishOf(again.face, turn)).toMatchObject({ finish: "done", text: "done" });
  expect(existsSync(join(workspace, "a"))).toBe(true);
});

test.each(["turn.cancel", "turn.stop-all"] as const)(
  "%s ends delegates, their processes and their cards",
  async (how) => {
    const { face, workspace } = await journey(
      plays([delegating({ task: "task-a" }, { task: "task-b" }), says("done")], {
        "task-a": [sleeps],
        "task-b": [() => script().calls("files_write", { path: "b", text: "x" })],
      }),
      { home: homeWith(PERMITTED) },
    );
    const { session, turn } = await face.submit({ input: "go", workspace });
    const [pid = 0] = await pidsIn(join(workspace, "pids"), 1);
    await face.untilKind("card.opened");
    await face.connection.request(how, { session, by: "me", why: "enough" } as never);
    const children = await Promise.all([delegateStart(face, "task-a"), delegateStart(face, "task-b")]);
    for (const one of [turn, ...children.map((child) => child.turn)]) {
      expect((await finishOf(face, one)).finish).toBe("cancelled");
    }
    expect(isAlive(pid)).toBe(false);
    expect((await face.connection.request("card.list", {})).cards).toEqual([]);
  },
);

test(
  "a delegate beyond its time limit costs its call, while one that waits for a person has all the time",
  { timeout: 60_000 },
  async () => {
    const limits = { tools: { delegate: 6_000 } };
    const { face, workspace } = await journey(
      plays([delegating({ task: "task-a" }, { task: "task-b" }), says("done")], {
        "task-a": [() => script().calls("files_write", { path: "a.txt", text: "x" }), says("a")],
        "task-b": [sleeps],
      }),
      { home: homeWith({ ...PERMITTED, limits }) },
    );
    const { turn } = await face.submit({ input: "go", workspace });
    const card = await face.untilKind("card.opened");
    const [pid = 0] = await pidsIn(join(workspace, "pids"), 1);
    const late = await face.untilKind("tool.finished", ({ data }) => data.callId === `${turn}.1.1`);
    expect(late.data).toMatchObject({ outcome: "timed-out", text: expect.stringContaining("limit of 6 s") as string });
    expect((await finishOf(face, (await delegateStart(face, "task-b")).turn)).finish).toBe("cancelled");
    expect(isAlive(pid)).toBe(false);
    await face.connection.request("card.resolve", { cardId: card.data.cardId, resolution: "approved", by: "me" });
    expect(await finishOf(face, turn)).toMatchObject({ finish: "done", text: "done" });
    expect(delegated(face.entries).map(({ outcome }) => outcome)).toEqual(["timed-out", "ok"]);
  },
);

test("a person who cancels a delegate ends it alone, and its call says who it was", async () => {
  const { face, workspace } = await journey(
    plays([delegating({ task: "task-a" }), says("went on")], { "task-a": [sleeps] }),
    { home: homeWith(PERMITTED) },
  );
  const { turn } = await face.submit({ input: "go", workspace });
  await pidsIn(join(workspace, "pids"), 1);
  const child = await delegateStart(face);
  await face.connection.request("turn.cancel", { session: child.session, by: "Ann", why: "too slow" });
  expect(await finishOf(face, turn)).toMatchObject({ finish: "done", text: "went on" });
  expect(delegated(face.entries)[0]).toMatchObject({
    ...{ outcome: "error", text: expect.stringContaining("cancelled by Ann: too slow") as string },
  });
});

test("a delegate whose call has ended while loopd was away is not gone on with", async () => {
  const home = temporaryFolder("home");
  onTestFinished(() => removeFolder(home));
  writeFileSync(join(home, "config.json"), "{}");
  const store = openStore(join(home, "loopd.db"), createStamp("boot"));
  const begins = (session: string, turn: string, origin: "user" | "delegate", originKey: string): EntryDraft[] => [
    { kind: "session.created", session, data: { title: "t", workspace: home, nonce: "n" } },
    {
      ...{ kind: "turn.started", session, turn },
      data: { input: "go", origin, originKey, endpoint: "rehearsal", model: "m", overrides: {}, provenance: {} },
    },
  ];
  const where = { session: "s1", turn: "t1" };
  const name = "delegate";
  createHub(store.log).record([
    ...begins("s1", "t1", "user", "user:1"),
    { kind: "tool.requested", ...where, data: { callId: "t1.1.0", name, arguments: {}, effect: "state" } },
    ...begins("s2", "t2", "delegate", "delegate:t1.1.0"),
    {
      ...{ kind: "tool.finished", ...where },
      data: {
        ...{
          callId: "t1.1.0",
          attempt: 1,
          name,
          outcome: "unknown",
          durationMs: 1,
          text: "",
          isSideEffectPossible: false,
        },
      },
    },
    { kind: "turn.finished", ...where, data: { finish: "cancelled", text: "" } },
  ]);
  store.close();
  const helper = await startHelper(home);
  onTestFinished(() => helper.kill());
  const face = await witness(helper);
  expect((await finishOf(face, "t2")).finish).toBe("cancelled");
  expect(face.entries.some(({ kind }) => kind === "request.sent")).toBe(false);
});
