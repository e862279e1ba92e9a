import { expect, test } from "vitest";
import { witness } from "../../fakes/helper.ts";
import { script } from "../../fakes/model-server.ts";
import type { Command } from "../../fakes/raycast/command.ts";
import type { View } from "../../fakes/raycast/view.ts";
import { markdown, openStage, stopHelperOf } from "./stage.ts";

const { scene, cleanUp } = openStage();

const isAway = ({ props }: View) => String(props["navigationTitle"]).endsWith("Reconnecting to the Helper…");
const shows = (words: string) => (_: View, command: Command) => command.print().includes(words);

test("a helper that is killed is missed by every open view, and they all go on by themselves", async () => {
  const { open, home, helper, workspace } = await scene(script().says("The heron plan."));
  const face = await witness(helper);
  await face.submit({ input: "Write the plan", workspace });
  await face.untilKind("turn.finished");
  const schedule = { cron: "0 9 * * *" };
  await face.connection.request("routine.add", { name: "daily", prompt: "Write.", schedule, zone: "UTC" });
  face.connection.close();

  const [sessions, session, trace] = [open("search-sessions"), open("search-sessions"), open("search-sessions")];
  const [routines, ledger, backfill, routine] = Array.from({ length: 4 }, () => open("manage-routines"));
  const selection = open("ask-about-selection", { surroundings: { selectedText: "a heron" } });
  if (routines === undefined || ledger === undefined || backfill === undefined || routine === undefined)
    throw new Error();
  for (const command of [sessions, session, trace]) await command.until(() => command.items().length === 1);
  await session.action("Show Session");
  await session.until((view) => markdown(view).includes("heron"));
  await trace.action("Show Trace");
  await trace.until(() => trace.items().includes("turn.finished"));
  for (const command of [routines, ledger, backfill, routine])
    await command.until(() => command.items().includes("daily"));
  await ledger.action("Show Ledger");
  await ledger.until((view) => view.props["navigationTitle"] !== "Manage Routines");
  for (const [command, action] of [
    [backfill, "Backfill…"],
    [routine, "Create Routine…"],
  ] as const) {
    await command.action(action);
    await command.until((view) => view.type === "Form");
  }
  await selection.until((view) => view.type === "Form");

  const all = [sessions, session, trace, routines, ledger, backfill, routine, selection];
  const missed = all.map((command) => command.until(isAway));
  cleanUp.push(() => stopHelperOf(home));
  await helper.kill();
  await Promise.all(missed);
  await Promise.all(all.map((command) => command.until((view) => !isAway(view))));

  // What they show is what is: a routine that is added now, and firings that the new helper says.
  await routine.enter({ schedule: "weekdays at 9:00", zone: "UTC" });
  await routine.until(shows("Runs weekdays at 09:00 UTC."));
  await routine.submit({ name: "weekly", prompt: "Look." });
  await routines.until(() => routines.items().includes("weekly"));
  expect(markdown(session.view)).toContain("heron");
  expect(trace.items()).toContain("turn.finished");
});
