import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { socketPathOf } from "../../../src/protocol/connect.ts";
import { LoopdError } from "../../../src/protocol/errors.ts";
import { Peer } from "../../../src/protocol/peer.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";
import { gate, script } from "../../fakes/model-server.ts";
import { createStorage } from "../../fakes/raycast/storage.ts";
import { isDone, markdown, openStage, stopHelperOf } from "./stage.ts";

const { scene, ask, cleanUp } = openStage();

test("a question as argument is answered as it streams, and the answer can be copied", async () => {
  const held = gate();
  const { ask } = await scene(script().says("The **first** part.\n\nAnd the second part of it.").pauses(held));
  const command = ask({ arguments: { text: "How are things?" } });
  await command.until((view) => markdown(view).includes("The "));
  expect(command.view.props["isLoading"]).toBe(true);
  expect(command.view.props["navigationTitle"]).toBe("How are things?");
  expect(command.actions()).toContain("Stop");
  held.release();
  await command.until(isDone);
  expect(command.view.props["isLoading"]).toBe(false);
  expect(markdown(command.view)).toContain("And the second part of it.");
  expect(command.print()).toContain('Label "Model" text="scripted at script"');
  expect(command.actions()).toEqual(["Copy Answer", "Paste Answer", "Continue…", "New Question", "Copy Session ID"]);
  await command.action("Copy Answer");
  expect(command.clipboard).toBe("The **first** part.\n\nAnd the second part of it.");
});

test("a command is approved where it is asked for, and runs", async () => {
  const { ask, workspace } = await scene(
    script().calls("shell_run", { command: "echo made > made.txt" }).says("Made it."),
  );
  const command = ask({ arguments: { text: "Make a file" } });
  await command.until(() => command.actions().includes("Approve"));
  expect(markdown(command.view)).toContain("May loopd do this?");
  expect(markdown(command.view)).toContain("command: echo made > made.txt");
  expect(command.actions().slice(0, 4)).toEqual(["Approve", "Deny", "Deny with Reason…", "Edit Arguments…"]);
  expect(existsSync(join(workspace, "made.txt"))).toBe(false);
  await command.action("Approve");
  await command.until(isDone);
  expect(existsSync(join(workspace, "made.txt"))).toBe(true);
  expect(markdown(command.view)).toContain("Made it.");
  expect(command.toasts).toMatchObject([{ title: "Approved", style: "SUCCESS" }]);
});

test("a command is denied with a reason that the model reads", async () => {
  const { ask, workspace, server } = await scene(
    script().calls("shell_run", { command: "touch made.txt" }).says("Then not."),
  );
  const command = ask({ arguments: { text: "Make a file" } });
  await command.until(() => command.actions().includes("Deny with Reason…"));
  await command.action("Deny with Reason…");
  await command.until((view) => view.type === "Form");
  await command.submit({ text: "Not in this folder" });
  await command.until(isDone);
  expect(existsSync(join(workspace, "made.txt"))).toBe(false);
  expect(markdown(command.view)).toContain("denied");
  expect(server.requests[1]?.text).toContain("Not in this folder");
});

test("a helper killed under an open window comes back with the card, which still can be approved", async () => {
  const { ask, home, helper, workspace } = await scene(
    script().calls("shell_run", { command: "echo once >> made.txt" }).says("Made it."),
  );
  const command = ask({ arguments: { text: "Make a file" } });
  await command.until(() => command.actions().includes("Approve"));
  await helper.kill();
  cleanUp.push(() => stopHelperOf(home));
  await command.until((view) => markdown(view).includes("the helper went away; loopd is reconnecting"));
  await command.action("Approve");
  await command.until(isDone);
  expect(readFileSync(join(workspace, "made.txt"), "utf8")).toBe("once\n");
  expect(command.toasts.at(-1)).toMatchObject({ title: "Approved", style: "SUCCESS" });
});

test("an effect that a crash interrupted is asked about, not repeated", async () => {
  const { ask, home, helper, workspace } = await scene(
    script().calls("shell_run", { command: "echo once >> made.txt; sleep 60" }).says("I see."),
  );
  const command = ask({ arguments: { text: "Make a file" } });
  await command.until(() => command.actions().includes("Approve"));
  await command.action("Approve");
  const made = join(workspace, "made.txt");
  await command.until(() => markdown(command.view).includes("▸") && existsSync(made));
  await helper.kill();
  cleanUp.push(() => stopHelperOf(home));
  await command.until(() => command.actions().includes("It Happened"));
  expect(command.actions().slice(0, 3)).toEqual(["It Happened", "Run It Again", "Skip It"]);
  await command.action("It Happened");
  await command.until(isDone);
  expect(readFileSync(made, "utf8")).toBe("once\n");
});

test("a running turn takes a note, and a finished one the next question in the same session", async () => {
  const held = gate();
  const { ask, server } = await scene(
    script().calls("files_list", { path: "." }).holds(held).says("Noted.").says("And more."),
  );
  const command = ask({ arguments: { text: "Look around" } });
  await command.until(() => command.actions().includes("Steer…"));
  await server.received(1);
  await command.action("Steer…");
  await command.until((view) => view.type === "Form");
  await command.submit({ text: "Only the large ones" });
  await command.until(() => command.toasts.at(-1)?.style === "SUCCESS");
  held.release();
  await command.until(isDone);
  expect(server.requests[1]?.text).toContain("Only the large ones");
  await command.shortcut({ modifiers: ["cmd"], key: "e" });
  await command.until((view) => view.type === "Form");
  await command.submit({ text: "What else?" });
  await command.until((view) => markdown(view).includes("And more."));
  expect(server.requests[2]?.text).toContain("Look around");
});

test("closing the window leaves the turn running, and opening Ask again returns to it until its end was seen", async () => {
  const held = gate();
  const { ask, server } = await scene(script().says("Worth the wait.").holds(held));
  const storage = createStorage();
  const first = ask({ arguments: { text: "Take your time" }, storage });
  await first.until((view) => markdown(view).includes("Take your time"));
  await server.received(1);
  await first.until(() => storage.local.size > 0);
  first.close();
  const second = ask({ storage });
  await second.until((view) => markdown(view).includes("Take your time"));
  held.release();
  await second.until(isDone);
  expect(markdown(second.view)).toContain("Worth the wait.");
  expect(server.requests).toHaveLength(1);
  await second.until(() => String(storage.local.get("last-turn")).includes('"isSeen":true'));
  second.close();
  const third = ask({ storage });
  await third.until((view) => view.type === "Form");
});

test("without a helper Ask says so, starts one, and asks", async () => {
  const home = temporaryFolder("missing");
  cleanUp.push(() => removeFolder(home));
  const command = ask(home);
  await command.until((view) => view.type === "List");
  expect(command.print()).toContain('List.EmptyView "The Helper Is Not Running"');
  expect(command.actions()).toEqual(["Start Helper", "Set Up Helper"]);
  cleanUp.push(() => stopHelperOf(home));
  await command.action("Start Helper");
  await command.until((view) => view.type === "Form");
  expect(command.toasts).toMatchObject([{ title: "Helper started", style: "SUCCESS" }]);
  expect(command.print()).toContain("not an AI");
});

test("a helper of another version is stopped and replaced on request", async () => {
  const home = temporaryFolder("outdated");
  cleanUp.push(() => removeFolder(home));
  mkdirSync(join(home, "run"), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, "run", "token"), "old-token");
  const asked: string[] = [];
  const old = createServer((socket) => {
    const peer: Peer = new Peer(socket, {
      notification: () => {},
      request: async (method) => {
        asked.push(method);
        if (method === "hello") throw new LoopdError("helper-outdated", "The running helper speaks protocol 0.");
        old.close();
        setImmediate(() => peer.close());
      },
    });
  });
  old.listen(socketPathOf(home));
  await once(old, "listening");
  const command = ask(home);
  await command.until((view) => view.type === "List");
  expect(command.actions()[0]).toBe("Restart Helper");
  cleanUp.push(() => stopHelperOf(home));
  await command.action("Restart Helper");
  await command.until((view) => view.type === "Form");
  expect(asked.filter((method) => method === "helper.stop")).toHaveLength(1);
  expect(command.toasts).toMatchObject([{ title: "Helper restarted", style: "SUCCESS" }]);
});

test("an endpoint that refuses is named with what to do next, and the question can be asked again", async () => {
  const { ask, server } = await scene(script().status(401).says("Now it works."));
  const command = ask({ arguments: { text: "Hello?" } });
  await command.until((view) => markdown(view).includes("The turn failed."));
  expect(command.print()).toContain('text="Failed"');
  expect(markdown(command.view)).toMatch(/endpoints|key/);
  expect(command.actions()[0]).toBe("Ask Again");
  await command.action("Ask Again");
  await command.until(isDone);
  expect(markdown(command.view)).toContain("Now it works.");
  expect(server.requests).toHaveLength(2);
});

test("stopping asks first, and ends the turn as cancelled", async () => {
  const { ask } = await scene(script().stalls());
  const command = ask({ arguments: { text: "Go on for ever" } });
  await command.until((view) => markdown(view).includes("Let me see"));
  const stopped = command.action("Stop");
  await command.until(() => command.alert !== undefined);
  command.alert?.press("Stop");
  await stopped;
  await command.until(() => command.print().includes('text="Cancelled"'));
  expect(command.actions()).toContain("Continue…");
});

test("the form asks the chosen endpoint in the chosen folder, refuses nothing, and keeps a draft", async () => {
  const { ask, server } = await scene(script().says("Good."));
  const storage = createStorage();
  const first = ask({ storage });
  await first.until((view) => view.type === "Form");
  await first.submit({ question: "   " });
  await first.until(() => first.print().includes('error="What should loopd do?"'));
  first.enter({ question: "Half a thought" });
  await first.until(() => first.values["question"] === "Half a thought");
  first.close();
  const second = ask({ storage });
  await second.until((view) => view.type === "Form");
  expect(second.values["question"]).toBe("Half a thought");
  await second.submit({ question: "A whole thought" });
  await second.until(isDone);
  expect(server.requests[0]?.text).toContain("A whole thought");
});

test("files that are attached in the form go along; one that is gone asks nothing and keeps the form", async () => {
  const { ask, workspace, server } = await scene(script().says("Read it."));
  const [notes, gone] = [join(workspace, "notes.txt"), join(workspace, "gone.txt")];
  for (const path of [notes, gone]) writeFileSync(path, "the meeting is at four");
  const command = ask();
  await command.until((view) => view.type === "Form");
  await command.enter({ question: "When?", files: [gone] });
  rmSync(gone);
  await command.action("Ask");
  await command.until(() => command.toasts.at(-1)?.style === "FAILURE");
  expect(command.toasts.at(-1)?.message).toContain(`There is no file ${gone}`);
  await command.submit({ question: "When?", files: [notes] });
  await command.until(isDone);
  expect(JSON.stringify(server.requests[0]?.body)).toContain("the meeting is at four");
  expect(server.requests).toHaveLength(1);
});
