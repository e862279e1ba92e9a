import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Entry } from "../../../src/protocol/entries.ts";
import { startHelper, witness } from "../../fakes/helper.ts";
import { gate, script } from "../../fakes/model-server.ts";
import { screenFolder } from "../../fakes/screen-folder.ts";
import { createStorage } from "../../fakes/raycast/storage.ts";
import { seedCards } from "../../fakes/seed-cards.ts";
import { isDone, markdown, openStage } from "./stage.ts";

const { scene, cleanUp } = openStage();

test("a question's choices are actions, and the chosen one reaches the model", async () => {
  const input = { question: "Which *colour*?", choices: ["red", "green"] };
  const { ask, server } = await scene(script().calls("ask_user", input).says("Green it is."));
  const command = ask({ arguments: { text: "Paint it" } });
  await command.until(() => command.actions().includes("Answer “green”"));
  expect(command.actions().slice(0, 4)).toEqual([
    "Answer “red”",
    "Answer “green”",
    "Decline to Answer",
    "Decline with Reason…",
  ]);
  expect(markdown(command.view)).toContain("> Which \\*colour\\*?");
  expect(command.print()).toContain('text="Waiting for you"');
  await command.action("Answer “green”");
  await command.until(isDone);
  expect(server.requests[1]?.text).toContain("green");
  expect(command.toasts).toMatchObject([{ title: "Answered", style: "SUCCESS" }]);
});

test("a question is answered in words in a form that shows it, or declined with a reason", async () => {
  const { ask, server } = await scene(
    script()
      .calls("ask_user", { question: "Which city?" })
      .calls("ask_user", { question: "Your password?" })
      .says("Thanks."),
  );
  const command = ask({ arguments: { text: "Book it" } });
  await command.until(() => command.actions()[0] === "Answer…");
  await command.action("Answer…");
  await command.until((view) => view.type === "Form");
  expect(command.print()).toContain("Which city?");
  await command.submit({ text: "Köln\nam Rhein" });
  await command.until((view) => markdown(view).includes("> Your password"));
  expect(server.requests[1]?.text).toContain("am Rhein");
  await command.action("Decline with Reason…");
  await command.until((view) => view.type === "Form");
  await command.submit({ text: "That is private" });
  await command.until(isDone);
  expect(server.requests[2]?.text).toContain("That is private");
  expect(command.toasts.map(({ title }) => title)).toEqual(["Answered", "Declined"]);
});

test("a form of a connected server is filled in field by field; what does not fit is said at its field", async () => {
  const held = gate();
  const { ask, home, helper } = await scene(script().says("never").holds(held));
  await helper.stop();
  const form = {
    type: "object",
    properties: {
      name: { type: "string", title: "Your name", description: "As in your passport" },
      age: { type: "integer", minimum: 18 },
      size: { enum: ["s", "l"], enumNames: ["Small", "Large"] },
      likes: { type: "array", items: { enum: ["tea", "milk"] } },
      news: { type: "boolean", default: true },
    },
    required: ["name", "size"],
  };
  seedCards(home, [{ name: "people__join", question: { text: "Who are you?", from: "mcp people", form } }], {
    ...{ input: "Join", origin: "user", originKey: "user:k", endpoint: "script", model: "scripted" },
    ...{ overrides: {}, provenance: {} },
  });
  const again = await startHelper(home);
  cleanUp.push(() => again.stop());
  const face = await witness(again);
  cleanUp.push(() => face.connection.close());
  const storage = createStorage();
  const last = { home, session: "s1", turn: "t1", askedAt: Date.now(), isSeen: false };
  storage.local.set("last-turn", JSON.stringify(last));
  const command = ask({ storage });
  await command.until(() => command.actions()[0] === "Fill in…");
  expect(markdown(command.view)).toContain("give it no password or key");
  await command.action("Fill in…");
  await command.until((view) => view.type === "Form");
  expect(command.print()).toContain("As in your passport");
  await command.submit({ "field-2": "7" });
  await command.until(() => command.print().includes("This is needed"));
  expect(command.print()).toContain("Expected a whole number of at least 18");
  await command.submit({ "field-1": "Ada", "field-2": "36", "field-3": '"l"', "field-4": ['"tea"'], "field-5": false });
  const resolved: Entry = await face.untilKind("card.resolved");
  expect(resolved.data).toMatchObject({
    resolution: "answered",
    answer: { name: "Ada", age: 36, size: "l", likes: ["tea"], news: false },
  });
  await command.until((view) => view.type === "Detail" && !markdown(view).includes("Who are you"));
  held.release();
});

test("a change to a file is approved by its diff", async () => {
  const edit = { path: "notes.md", edits: [{ old: "old", new: "```\nnew" }] };
  const { ask, workspace } = await scene(script().calls("files_edit", edit).says("Edited."));
  const notes = join(workspace, "notes.md");
  writeFileSync(notes, "old words\n");
  const command = ask({ arguments: { text: "Edit it" } });
  await command.until(() => command.actions().includes("Approve"));
  expect(markdown(command.view)).toContain("## May loopd do this? edit notes\\.md \\(1 edit\\)");
  expect(markdown(command.view)).toMatch(/\*\*Change\*\*\n\n````diff\n[^]*\n-old words\n\+```\n\+new words\n````/);
  expect(markdown(command.view)).toContain("edits: as the change shows");
  await command.action("Approve");
  await command.until(isDone);
  expect(readFileSync(notes, "utf8")).toBe("```\nnew words\n");
});

test("an approval for longer says what it allows, asks once more before it is for always, and is not asked again", async () => {
  const touch = { name: "shell_run", input: { command: "touch same", outside: true } };
  const { ask, helper } = await scene(script().calls([touch]).calls([touch]).says("Touched."));
  const face = await witness(helper);
  cleanUp.push(() => face.connection.close());
  const command = ask({ arguments: { text: "Touch it" } });
  await command.until(() => command.actions().includes("Approve Always"));
  expect(command.actions().slice(0, 6)).toEqual([
    ...["Approve", "Deny", "Deny with Reason…", "Edit Arguments…", "Approve for This Session", "Approve Always"],
  ]);
  expect(markdown(command.view)).toMatch(/\*\*For longer:\*\* approving it .*touch same/);
  const approving = command.action("Approve Always");
  await command.until(() => command.alert !== undefined);
  expect(command.alert?.message).toContain("in every session: tool shell_run with exactly the command `touch same`");
  command.alert?.press("Approve Always");
  await approving;
  await command.until(isDone);
  expect(face.entries.filter(({ kind }) => kind === "card.opened")).toHaveLength(1);
  const { rules } = await face.connection.request("rule.list", {});
  expect(rules.filter(({ layer }) => layer === "grant")).toMatchObject([{ grant: { scope: "always", by: "raycast" } }]);
});

test("a window's card says in its title what would be done, and all of its application can be allowed by one action", async () => {
  const read = { name: "screen_read", input: { app: "galculator" } };
  const press = { name: "screen_act", input: { ref: "b15", action: "press" } };
  const { ask, helper } = await scene(script().calls([read]).calls([press]).calls([press]).says("Pressed."), {
    LOOPD_SCREEN_BACKEND: screenFolder({ capture: "win-galculator_galculator" }),
  });
  const face = await witness(helper);
  cleanUp.push(() => face.connection.close());
  const command = ask({ arguments: { text: "Press it" } });
  await command.until(() => command.actions().includes("Approve Reading It Always"));
  expect(markdown(command.view)).toContain("## May loopd do this? read galculator – galculator");
  await command.action("Approve");
  const whole = "Allow Everything in galculator for This Session";
  await command.until(() => command.actions().includes("Approve This Control for This Session"));
  expect(markdown(command.view)).toContain("## May loopd do this? press 7 in galculator – galculator");
  expect(markdown(command.view)).toMatch(/\*\*Everything in it:\*\* .*read and use whatever galculator shows/);
  expect(command.actions().slice(4, 7)).toEqual([
    ...["Approve This Control for This Session", whole, "Approve This Control Always"],
  ]);
  expect(command.print()).toContain(`> ${whole}  [cmd+shift+e]`);
  await command.action(whole);
  await command.until(isDone);
  expect(face.entries.filter(({ kind }) => kind === "card.opened")).toHaveLength(2);
  const { rules } = await face.connection.request("rule.list", {});
  expect(rules.find(({ layer }) => layer === "grant")).toMatchObject({
    ...{ when: { app: "galculator" }, grant: { scope: "session", by: "raycast" } },
  });
});

test("arguments are edited and a whole step is answered where the turn was asked", async () => {
  const touch = (name: string) => ({ name: "shell_run", input: { command: `touch ${name}` } });
  const { ask, workspace } = await scene(
    script()
      .calls([touch("one")])
      .calls([touch("two"), touch("three")])
      .says("Made."),
  );
  const command = ask({ arguments: { text: "Make files" } });
  await command.until(() => command.actions().includes("Edit Arguments…"));
  await command.action("Edit Arguments…");
  await command.until((view) => view.type === "Form");
  expect(command.values).toMatchObject({ "argument-1": "touch one" });
  await command.submit({ "argument-1": "touch another" });
  await command.until(() => command.actions().includes("Look at All 2 Calls of This Step…"));
  await command.action("Look at All 2 Calls of This Step…");
  await command.until((view) => markdown(view).includes("touch two") && markdown(view).includes("touch three"));
  await command.action("Deny All 2");
  await command.until(isDone);
  expect(["one", "another", "two", "three"].filter((name) => existsSync(join(workspace, name)))).toEqual(["another"]);
});
