import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { delegating, plays } from "../../fakes/delegating.ts";
import { script } from "../../fakes/model-server.ts";
import { isDone, markdown, openStage } from "./stage.ts";

const { scene } = openStage();

test("what a delegate wants to do is approved where the turn was asked", async () => {
  const { ask, workspace } = await scene(
    plays([delegating({ task: "Make the file." }), () => script().says("It is made.")], {
      Make: [
        () => script().calls("shell_run", { command: "touch made", outside: true }),
        () => script().says("made it"),
      ],
    }),
  );
  const command = ask({ arguments: { text: "Make a file" } });
  await command.until(() => command.actions().includes("Approve"));
  expect(markdown(command.view)).toContain("command: touch made");
  await command.action("Approve");
  await command.until(isDone);
  expect(existsSync(join(workspace, "made"))).toBe(true);
  expect(markdown(command.view)).toContain("It is made.");
});
