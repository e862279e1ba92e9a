import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startHelper, witness } from "../../fakes/helper.ts";
import { script } from "../../fakes/model-server.ts";
import type { Command } from "../../fakes/raycast/command.ts";
import { seedCards } from "../../fakes/seed-cards.ts";
import { openStage, stopHelperOf } from "./stage.ts";

const { scene, cleanUp } = openStage();

const run = (command: string) => ({ name: "shell_run", input: { command } });
const offers = (title: string) => (_: unknown, command: Command) => command.actions().includes(title);
const isEmpty = (_: unknown, command: Command) => command.print().includes("Nothing Waits for You");
const lastToast = (command: Command) => command.toasts.at(-1);

test("what waits in all sessions stands by turn; one call is approved, one edited, one denied with a reason", async () => {
  const write = { name: "files_write", input: { path: "note.txt", text: "draft\n" } };
  const { open, helper, workspace, server } = await scene(
    script()
      .calls([run("touch one"), write, run("touch three")])
      .says("First done.")
      .calls("ask_user", { question: "Which colour?", choices: ["red", "green"] })
      .says("Second done."),
  );
  const face = await witness(helper);
  cleanUp.push(() => face.connection.close());
  await face.submit({ input: "Make files", workspace });
  await face.untilKind("card.opened", ({ data }) => data.cardId.includes(".2#"));
  const command = open("review-approvals");
  await command.until(() => command.items().length === 3);
  expect(command.items()).toEqual(["run `touch one`", "write note.txt", "run `touch three`"]);
  expect(command.print()).toContain('List.Section "Make files" subtitle="3 calls of one turn"');
  await command.until(offers("Approve"));
  expect(command.print()).toContain("command: touch one");
  expect(command.actions().slice(0, 5)).toEqual([
    ...["Approve", "Deny", "Deny with Reason…", "Edit Arguments…", "Look at All 3 Calls of This Step…"],
  ]);
  await command.action("Approve");
  await command.until(() => command.items().length === 2);

  command.select("write note.txt");
  await command.until(() => command.print().includes("+draft") && command.actions().includes("Edit Arguments…"));
  await command.action("Edit Arguments…");
  await command.until((view) => view.type === "Form");
  expect(command.values).toMatchObject({ "argument-1": "note.txt", "argument-2": "draft\n" });
  await command.submit({ more: '{"path": {"a": 1}}' });
  await command.until(() => /TextArea "path".*error="files_write was called wrongly. path: /.test(command.print()));
  await command.submit({ more: "{", "argument-2": "final\n" });
  await command.until(() => command.print().includes("Give an object"));
  await command.submit({ more: "" }, "Edit as JSON");
  await command.until(() => "all" in command.values);
  expect(JSON.parse(String(command.values["all"]))).toEqual({ path: "note.txt", text: "final\n" });
  await command.submit({ reason: "Shorter" });
  await command.until((view) => view.type === "List" && lastToast(command)?.title === "Edited");

  command.select("run `touch three`");
  await command.until(offers("Deny with Reason…"));
  await command.action("Deny with Reason…");
  await command.until((view) => view.type === "Form");
  await command.submit({ text: "Two are enough" });
  await command.until(isEmpty);
  await face.untilKind("turn.finished");
  expect(existsSync(join(workspace, "one"))).toBe(true);
  expect(readFileSync(join(workspace, "note.txt"), "utf8")).toBe("final\n");
  expect(existsSync(join(workspace, "three"))).toBe(false);
  expect(server.requests[1]?.text).toContain("Two are enough");

  await face.submit({ input: "Paint it", workspace });
  await command.until(offers("Answer “green”"));
  expect(command.items()).toEqual(["Which colour?"]);
  await command.action("Answer “green”");
  await face.untilKind("turn.finished", ({ data }) => data.text === "Second done.");
  await command.until(isEmpty);
});

test("a whole step is read and answered at once; who was first is named to whoever comes late", async () => {
  const { open, helper, workspace } = await scene(
    script()
      .calls([run("touch one"), run("touch two"), run("touch three")])
      .says("Done.")
      .calls([run("touch four")])
      .says("Done too."),
  );
  const face = await witness(helper);
  cleanUp.push(() => face.connection.close());
  await face.submit({ input: "Make files", workspace });
  const { data } = await face.untilKind("card.opened", (entry) => entry.data.cardId.includes(".2#"));
  const command = open("review-approvals");
  await command.until(offers("Look at All 3 Calls of This Step…"));
  await command.action("Look at All 3 Calls of This Step…");
  await command.until((view) => view.type === "Detail");
  for (const each of ["touch one", "touch two", "touch three"]) expect(command.print()).toContain(`command: ${each}`);
  const { cardId } = data;
  await face.connection.request("card.resolve", { cardId, resolution: "denied", by: "cli (ada, process 7)" });
  await command.action("Approve All 3");
  await command.until(() => lastToast(command)?.title === "Approved 2 calls");
  expect(lastToast(command)).toMatchObject({ style: "FAILURE" });
  expect(lastToast(command)?.message).toMatch(/shell_run was already denied by cli \(ada, process 7\) at 20/);
  await command.until(isEmpty);
  await face.untilKind("turn.finished");
  expect(["one", "two", "three"].map((name) => existsSync(join(workspace, name)))).toEqual([true, true, false]);

  const another = await face.submit({ input: "Another", workspace });
  await command.until(offers("Deny with Reason…"));
  await command.action("Deny with Reason…");
  await command.until((view) => view.type === "Form");
  const fourth = await face.untilKind("card.opened", (entry) => entry.turn === another.turn);
  const approval = { cardId: fourth.data.cardId, resolution: "approved", by: "cli (ada, process 8)" } as const;
  await face.connection.request("card.resolve", approval);
  await command.submit({ text: "No" });
  await command.until(() => lastToast(command)?.title === "The Answer Was Not Taken");
  expect(lastToast(command)?.message).toMatch(/already approved by cli \(ada, process 8\) at 20.*Nothing was changed/);
  await face.untilKind("turn.finished", (entry) => entry.data.text === "Done too.");
  expect(existsSync(join(workspace, "four"))).toBe(true);
});

test("a helper killed under the list is said to be away and comes back by itself, with what the crash interrupted", async () => {
  const { open, helper, home, workspace } = await scene(
    script().calls("shell_run", { command: "echo once >> made; sleep 60" }).says("I see."),
  );
  const face = await witness(helper);
  await face.submit({ input: "Make a file", workspace });
  const command = open("review-approvals");
  await command.until(offers("Approve"));
  await command.action("Approve");
  await command.until(isEmpty);
  await expect.poll(() => existsSync(join(workspace, "made")), { timeout: 20_000 }).toBe(true);
  cleanUp.push(() => stopHelperOf(home));
  await helper.kill();
  await command.until((view) => String(view.props["navigationTitle"]).includes("Reconnecting to the Helper"));
  await command.until(offers("It Happened"));
  expect(command.view.props["navigationTitle"]).toBe("Review Approvals");
  expect(command.actions().slice(0, 3)).toEqual(["It Happened", "Run It Again", "Skip It"]);
  await command.action("Skip It");
  await command.until(isEmpty);
  expect(readFileSync(join(workspace, "made"), "utf8")).toBe("once\n");
});

test("hundreds that wait come page by page, and each is found by its arguments", async () => {
  const { open, helper, home } = await scene(script().says("never"));
  await helper.stop();
  const call = (index: number) => ({
    name: "shell_run",
    arguments: { command: `make part-${index}` },
    effect: "exec" as const,
  });
  seedCards(
    home,
    Array.from({ length: 500 }, (_, index) => call(index)),
    {
      ...{ input: "Make parts", origin: "user", originKey: "user:k", endpoint: "script", model: "scripted" },
      ...{ overrides: {}, provenance: {} },
    },
  );
  const again = await startHelper(home);
  cleanUp.push(() => again.stop());
  const command = open("review-approvals");
  await command.until(() => command.items().length === 50);
  expect(await command.loadMore()).toBe(true);
  await command.until(() => command.items().length === 100);
  await command.search("part-499");
  await command.until(() => command.items().length === 1 && command.print().includes("command: make part-499"));
  await command.choose("question");
  await command.until(() => command.print().includes("Nothing Like That Waits"));
});
