import { expect, test } from "vitest";
import { connectTo, witness } from "../../fakes/helper.ts";
import { gate, script } from "../../fakes/model-server.ts";
import type { Command } from "../../fakes/raycast/command.ts";
import { markdown, openStage, stopHelperOf } from "./stage.ts";

const { scene, cleanUp } = openStage();

const has = (words: string) => (_: unknown, command: Command) => command.print().includes(words);
const lastToast = (command: Command) => command.toasts.at(-1);
const pressed = async (command: Command, action: string, button: string) => {
  const acting = command.action(action);
  await command.until(() => command.alert !== undefined || lastToast(command)?.style === "FAILURE");
  command.alert?.press(button);
  await acting;
};

test("a routine is created from the form with its firings shown, run, read in the ledger, paused, edited and removed", async () => {
  const held = gate();
  const { open, home, helper, workspace, server } = await scene(
    script().says("All quiet.").holds(held).says("Quiet again.").says("And again."),
  );
  const command = open("manage-routines");
  await command.until(has("No Routines Yet"));
  await command.action("Create Routine");
  await command.until((view) => view.type === "Form");
  await command.enter({ schedule: "weekdays at banana" });
  await command.until(has('Not understood: \\"banana\\"'));
  await command.enter({ schedule: "weekdays at 9:00", zone: "Europe/Berlin" });
  await command.until(has("Runs weekdays at 09:00 Europe/Berlin."));
  const firings = /text="Runs weekdays[^"]*"/.exec(command.print())?.[0].split("\\n") ?? [];
  expect(firings).toHaveLength(6);
  expect(firings[1]).toMatch(/ 09:00 \(\+0[12]:00\), in /);
  await command.submit({ name: "-brief", prompt: "What changed?" });
  await command.until(has("letter or digit first and last"));
  await command.submit({ name: "brief", approvals: "deny", tools: ["files_list"], notify: [] });
  await command.until((view) => view.type === "List" && command.items().includes("brief"));
  const face = await witness(helper);
  cleanUp.push(() => face.connection.close());
  const show = async () => (await face.connection.request("routine.show", { name: "brief" })).routine;
  expect(await show()).toMatchObject({
    ...{ prompt: "What changed?", workspace, notify: [], overrides: { tools: ["files_list"], approvals: "deny" } },
    trigger: { type: "cron", zone: "Europe/Berlin" },
  });

  await command.action("Run Now");
  await server.received(1);
  await command.until(has("Running"));
  await pressed(command, "Cancel Run…", "Let It Run");
  held.release();
  await command.until(has('accessories="Ran ·'));
  await command.action("Show Ledger");
  await command.until(has("asked for"));
  await command.action("Show Session");
  await command.until((view) => markdown(view).includes("All quiet."));
  await command.back();
  await command.action("Show Chart");
  await command.until((view) => markdown(view).includes("data:image/svg+xml"));
  await command.back();
  await command.back();

  await command.action("Pause");
  await command.until(has("Paused by raycast"));
  await command.action("Resume");
  await command.until((_, shown) => !has("Paused")(_, shown));
  await command.action("Edit…");
  await command.until(has("Runs weekdays at 09:00 Europe/Berlin."));
  await helper.kill();
  await command.until(has("Edit brief – Reconnecting to the Helper"));
  cleanUp.push(() => stopHelperOf(home));
  await command.until((_, shown) => !has("Reconnecting")(_, shown));
  await command.until(has("Runs weekdays at 09:00 Europe/Berlin."));
  await command.submit({ catchUp: "all" });
  await command.until((view) => view.type === "List");
  const connection = await connectTo(home);
  cleanUp.push(() => connection.close());
  const { routine } = await connection.request("routine.show", { name: "brief" });
  expect(routine).toMatchObject({ catchUp: "all", schedule: "weekdays at 09:00 Europe/Berlin" });

  await pressed(command, "Remove…", "Remove");
  await command.until(has("No Routines Yet"));
});

test("slots of the past are counted first, and run when the person agrees; a change that fails is taken back", async () => {
  const { open, helper } = await scene(() => script().says("done"));
  const face = await witness(helper);
  cleanUp.push(() => face.connection.close());
  const schedule = { cron: "0 9 * * *" };
  const prompt = `Write. ${"And read it again. ".repeat(400)}`.trim();
  await face.connection.request("routine.add", { name: "daily", prompt, schedule, zone: "UTC" });
  const command = open("manage-routines");
  await command.until(() => command.items().includes("daily"));
  await command.action("Backfill…");
  await command.until((view) => view.type === "Form");
  const span = { from: new Date("2026-01-05T00:00:00Z"), to: new Date("2026-01-07T12:00:00Z") };
  const submitted = command.submit(span);
  await command.until(() => command.alert !== undefined);
  expect(command.alert?.title).toBe("Run daily 3 Times?");
  expect((await face.connection.request("routine.runs", {})).runs).toEqual([]);
  command.alert?.press("Run Them");
  await submitted;
  await command.until((view) => view.type === "List");
  await command.until(has('accessories="Ran ·'));
  // A list cuts a long prompt; who edits or copies it has the whole.
  await command.action("Edit…");
  await command.until((view) => view.type === "Form");
  await command.submit({ prompt: `${prompt} Twice.` });
  await command.until((view) => view.type === "List");
  const { routine } = await face.connection.request("routine.show", { name: "daily" });
  expect(routine.prompt).toBe(`${prompt} Twice.`);
  await command.action("Copy Prompt");
  await command.until(() => command.clipboard === routine.prompt);
  // Somebody else was faster: what was shown meanwhile is taken back.
  await face.connection.request("routine.remove", { name: "daily" });
  await command.action("Pause");
  await command.until(() => lastToast(command)?.title === "It Was Not Paused");
  await command.until(has("No Routines Yet"));
});
