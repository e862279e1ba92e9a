import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connectTo, removeFolder, temporaryFolder, witness } from "../../fakes/helper.ts";
import { script } from "../../fakes/model-server.ts";
import { openDeeplink } from "../../fakes/raycast/launch.ts";
import { createStorage } from "../../fakes/raycast/storage.ts";
import { openStage, stopHelperOf } from "./stage.ts";

const stage = openStage();
const { scene, open: openAt, cleanUp } = stage;

const run = (command: string) => ({ name: "shell_run", input: { command } });

test("the menu bar counts what waits, leads there, shows what runs and comes next, and is unloaded", async () => {
  const { open, helper, workspace } = await scene(
    script()
      .calls([run("touch one"), run("touch two")])
      .says("Done."),
  );
  const face = await witness(helper);
  cleanUp.push(() => face.connection.close());
  const { session, turn } = await face.submit({ input: "Make files", workspace });
  await face.untilKind("card.opened", ({ data }) => data.cardId.includes(".1#"));
  const routine = {
    name: "brief",
    prompt: "What is new?",
    workspace,
    schedule: { when: "daily at 9:00" },
    zone: "UTC",
  };
  await face.connection.request("routine.add", routine);
  const storage = createStorage();
  const command = open("show-status", { launchType: "background", storage });
  await command.ended();
  expect(command.view.props).toMatchObject({ title: "2", tooltip: "loopd: 2 things wait for you, 1 turn open" });
  expect([...storage.cache.values()]).toEqual(["2"]);
  await command.openMenu();
  expect(command.print()).toContain('MenuBarExtra.Submenu "Make files (Waiting for you)"');
  expect(command.items()).toEqual([
    ...["run `touch one`", "run `touch two`", "Review Approvals", "Open in Ask", "Stop"],
    ...[expect.stringMatching(/^Next: brief, .*\d+:\d\d$/), "Manage Routines", "Ask", "Endpoint: script"],
    "Stop 1 turn and pause all routines",
  ]);
  await command.click("run `touch one`");
  const review = await command.next("review-approvals");
  await review.until(() => review.items().length === 2);
  review.close();
  await command.click("Open in Ask");
  const ask = await command.next("ask");
  await ask.until(() => ask.actions().includes("Approve"));
  expect(ask.print()).toContain(session);
  ask.close();
  await command.click("Stop");
  await face.untilKind("turn.finished", (entry) => entry.turn === turn && entry.data.finish === "cancelled");
  const next = open("show-status", { launchType: "background", storage });
  await next.ended();
  expect(next.view.props["title"]).toBeUndefined();
  expect(next.view.props["tooltip"]).toBe("loopd: nothing runs");
});

test("Stop Everything cancels every turn, pauses every routine and says so", async () => {
  const { open, helper, workspace } = await scene(
    script()
      .calls([run("touch one")])
      .calls([run("touch two")])
      .says("Done."),
  );
  const face = await witness(helper);
  cleanUp.push(() => face.connection.close());
  const turns = [await face.submit({ input: "One", workspace }), await face.submit({ input: "Two", workspace })];
  for (const { turn } of turns) await face.untilKind("card.opened", (entry) => entry.turn === turn);
  const routine = { name: "brief", prompt: "What is new?", workspace, schedule: { when: "daily at 9:00" } };
  await face.connection.request("routine.add", routine);
  const command = open("show-status");
  await command.click("Stop 2 turns and pause all routines");
  for (const { turn } of turns) {
    const ended = await face.untilKind("turn.finished", (entry) => entry.turn === turn);
    expect(ended.data.finish).toBe("cancelled");
  }
  const stopping = face.entries.find((entry) => entry.kind === "turn.stopping");
  expect(stopping?.data).toEqual({ by: "raycast", why: "Stop Everything in Raycast's menu bar" });
  expect(["one", "two"].some((name) => existsSync(join(workspace, name)))).toBe(false);
  const { routines } = await face.connection.request("routine.list", {});
  expect(routines[0]?.paused).toContain("Stop Everything");
  await command.openMenu();
  expect(command.items()).toContain("Pause all routines");
});

test("without a helper the menu bar says so and starts none by itself", async () => {
  const home = temporaryFolder("missing");
  cleanUp.push(() => removeFolder(home));
  const command = openAt("show-status", home, { launchType: "background" });
  await command.ended();
  expect(command.view.props["tooltip"]).toBe("loopd: The Helper Is Not Running");
  expect(existsSync(join(home, "run"))).toBe(false);
  await command.openMenu();
  expect(command.items()).toEqual(["Start Helper", "Set Up Helper"]);
  cleanUp.push(() => stopHelperOf(home));
  await command.click("Set Up Helper");
  const setUp = await command.next("set-up-helper");
  await setUp.until(() => setUp.actions().includes("Start Helper"));
  await setUp.action("Start Helper");
  await setUp.until(() => setUp.print().includes("The helper runs and answers"));
  expect(setUp.actions()).toContain("Look Again");
  await setUp.select("menu-bar");
  await setUp.action("Show Status in Menu Bar");
  const status = await setUp.next("show-status");
  await status.ended();
  expect(status.view.props["tooltip"]).toBe("loopd: nothing runs");
  const { hello } = await connectTo(home);
  process.kill(hello.pid, "SIGKILL");
  await setUp.until((view) => view.props["navigationTitle"] === "Set Up Helper – Reconnecting to the Helper…");
  await setUp.until((view) => view.props["navigationTitle"] === "Set Up Helper");
});

test("a push of the helper reaches the menu bar once the preference is set, and is taken back with it", async () => {
  const { open, helper, workspace } = await scene(
    script()
      .calls([run("touch one")])
      .says("Done."),
  );
  const face = await witness(helper);
  cleanUp.push(() => face.connection.close());
  const status = () => face.connection.request("helper.status", {});
  const chosen = { launchType: "background", preferences: { workspace, pushToMenuBar: true } } as const;
  const first = open("show-status", chosen);
  await first.ended();
  expect(first.view.props["title"]).toBeUndefined();
  const { menuBar = "" } = await status();
  expect(menuBar).toBe("raycast://extensions/loopd/loopd/show-status?launchType=background");
  await face.submit({ input: "Make a file", workspace });
  await face.untilKind("card.opened");
  const pushed = openDeeplink(menuBar, stage.options(helper.home, chosen));
  await pushed.ended();
  expect(pushed.view.props["title"]).toBe("1");
  await open("show-status", { launchType: "background" }).ended();
  expect((await status()).menuBar).toBeUndefined();
});
