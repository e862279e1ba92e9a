import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createStamp } from "../../../helper-daemon/ids.ts";
import { openStore } from "../../../helper-daemon/store/open-store.ts";
import { removeFolder, startHelper, temporaryFolder, witness } from "../../fakes/helper.ts";
import { gate, script } from "../../fakes/model-server.ts";
import type { Command } from "../../fakes/raycast/command.ts";
import { isDone, markdown, openStage, stopHelperOf } from "./stage.ts";

const { scene, open, cleanUp } = openStage();

const has = (words: string) => (_: unknown, command: Command) => command.print().includes(words);
const succeeded = (title: string) => (_: unknown, command: Command) =>
  command.toasts.some((toast) => toast.title === title && toast.style === "SUCCESS");

test("a session is found by its words, shown, continued in Ask, forked, compacted, cleared, and its files put back", async () => {
  const held = gate();
  const { open, helper, workspace } = await scene(
    script()
      .calls("files_write", { path: "plan.txt", text: "new plan\n" })
      .says("The **heron** plan is written.")
      .says("Nothing of herons.")
      .says("It goes on.")
      .holds(held),
  );
  const face = await witness(helper);
  cleanUp.push(() => face.connection.close());
  const { session } = await face.submit({ input: "Write the plan", workspace, overrides: { yes: true } });
  await face.untilKind("turn.finished");
  await face.submit({ input: "Something else", workspace });
  await face.untilKind("turn.finished", ({ data }) => data.text.startsWith("Nothing"));

  const command = open("search-sessions");
  await command.until(() => command.items().length === 2);
  expect(command.items()).toEqual(["Something else", "Write the plan"]);
  await command.search("heron");
  await command.until(has("Something else"));
  await command.until(() => command.items().some((title) => title.includes("heron plan is written")));
  expect(command.print()).toContain('List.Section "Write the plan"');
  expect(command.print()).not.toContain("**heron**");
  await command.search("no such words anywhere");
  await command.until(has("Nothing Was Found"));
  await command.search("");
  await command.until(() => command.items().length === 2);

  command.select("Write the plan");
  await command.action("Show Session");
  await command.until((view) => view.type === "Detail" && markdown(view).includes("heron"));
  expect(markdown(command.view)).toMatch(/data:image\/svg\+xml;base64,/);
  expect(markdown(command.view)).toContain("> Write the plan");
  await command.action("Copy Last Answer");
  expect(command.clipboard).toBe("The **heron** plan is written.");
  await command.action("Show Trace");
  await command.until((view) => view.type === "List" && command.items().includes("turn.finished"));
  expect(command.items()[0]).toBe("session.created");
  await command.back();
  await command.back();

  await command.action("Fork");
  await command.until(() => command.items().length === 3);
  expect(command.print()).toContain(`fork of ${session}`);
  command.select(session);
  await command.action("Compact");
  await command.until(() => command.toasts.at(-1)?.title === "Nothing Was Made Smaller");
  const undoing = command.action("Undo File Changes…");
  await command.until(() => command.alert !== undefined);
  expect(command.alert).toMatchObject({ title: "Put 1 File Back?", style: "destructive" });
  expect(command.alert?.message).toContain("plan.txt: removed: the session made it");
  command.alert?.press("Put Back");
  await undoing;
  await command.until(succeeded("Files put back"));
  expect(existsSync(join(workspace, "plan.txt"))).toBe(false);
  const clearing = command.action("Clear…");
  await command.until(() => command.alert !== undefined);
  command.alert?.press("Clear");
  await clearing;
  await command.until(succeeded("Cleared"));

  command.select(session);
  await command.action("Continue Session");
  const ask = await command.next("ask");
  await ask.until((view) => view.type === "Form");
  expect(ask.print()).toContain('Form.Description "Goes On" text="Write the plan"');
  await ask.submit({ question: "Go on" });
  await ask.until((view) => view.type === "Detail" && markdown(view).includes("Go on"));
  // A link to the session finds the turn that is open in it.
  const again = open("ask", { context: { session } });
  await again.until((view) => markdown(view).includes("Go on"));
  held.release();
  await again.until(isDone);
  expect(markdown(again.view)).toContain("It goes on.");
});

test("five thousand sessions come page by page, and a helper that is killed comes back with them", async () => {
  const home = temporaryFolder("many");
  cleanUp.push(() => removeFolder(home));
  const store = openStore(join(home, "loopd.db"), createStamp("boot"));
  store.log.append(
    Array.from({ length: 5_000 }, (_, index) => ({
      kind: "session.created" as const,
      session: `s${index}`,
      data: { title: `Talk ${index}`, workspace: home, nonce: "n" },
    })),
  );
  store.close();
  const helper = await startHelper(home);
  cleanUp.push(() => helper.stop());
  const command = open("search-sessions", home);
  await command.until(() => command.items().length === 100);
  expect(command.items()[0]).toBe("Talk 4999");
  expect(await command.loadMore()).toBe(true);
  await command.until(() => command.items().length === 200);
  await helper.kill();
  await command.until(has("Reconnecting"));
  cleanUp.push(() => stopHelperOf(home));
  await command.until((_, shown) => !has("Reconnecting")(_, shown));
  expect(command.items()).toHaveLength(200);
});
