import { appendFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removeFolder, startHelper, temporaryFolder, witness } from "../fakes/helper.ts";
import { recordingPrograms } from "../fakes/recording-programs.ts";
import { script, startModelServer } from "../fakes/model-server.ts";
import { scriptedProfile } from "../fakes/scripted-profile.ts";

const LINK = "raycast://extensions/loopd/loopd/show-status?launchType=background";

/** A helper whose model asks for an approval with every turn, and a face. */
async function scene(PATH: string) {
  const touch = { name: "shell_run", input: { command: "touch made" } };
  const server = await startModelServer(
    script().calls([touch, touch, touch]).says("Made.").calls([touch]).says("Made."),
  );
  onTestFinished(() => server.close());
  const home = temporaryFolder("push");
  onTestFinished(() => removeFolder(home));
  const helper = await startHelper(home, { PATH });
  onTestFinished(() => helper.stop());
  const face = await witness(helper);
  onTestFinished(() => face.connection.close());
  const profile = scriptedProfile(server.url);
  await face.connection.request("endpoint.add", { name: "script", profile, use: true });
  return { home, ...face };
}

test("Raycast's menu bar is told of cards once the person has chosen that, of several at once but once", async () => {
  const programs = recordingPrograms(["pgrep", "open"]);
  const { connection, submit, untilKind, entries } = await scene(programs.PATH);
  await submit({ input: "Make it" });
  await untilKind("card.opened", ({ data }) => data.cardId.includes(".2#"));
  await connection.request("helper.menu-bar", { link: LINK });
  expect(await connection.request("helper.status", {})).toMatchObject({ menuBar: LINK });
  expect(programs.called()).toEqual([]);
  const [card] = entries.filter((entry) => entry.kind === "card.opened");
  const step = { cardId: card?.data.cardId ?? "", resolution: "denied", by: "test" } as const;
  await connection.request("card.resolve-step", step);
  await expect.poll(() => programs.called(), { timeout: 20_000 }).toContain(`open -g ${LINK}`);
  expect(programs.called()).toEqual(expect.arrayContaining(["pgrep -x Raycast"]));
  await untilKind("turn.finished", ({ data }) => data.text === "Made.");
  expect(programs.called()).toHaveLength(2);
  await connection.request("helper.menu-bar", { link: null });
  expect((await connection.request("helper.status", {})).menuBar).toBeUndefined();
});

test("nothing is opened while Raycast does not run, which opening would start", async () => {
  const programs = recordingPrograms(["pgrep", "open"]);
  appendFileSync(join(programs.PATH.split(delimiter)[0] ?? "", "pgrep"), "exit 1\n");
  const { connection, submit, untilKind } = await scene(programs.PATH);
  await connection.request("helper.menu-bar", { link: LINK });
  const { session } = await submit({ input: "Make it" });
  await expect.poll(() => programs.called(), { timeout: 20_000 }).toHaveLength(1);
  await connection.request("turn.cancel", { session, by: "test" });
  await untilKind("turn.finished");
  // It looked again after the cards were closed; an opening from the first look would be there by now.
  await expect.poll(() => programs.called(), { timeout: 20_000 }).toEqual(["pgrep -x Raycast", "pgrep -x Raycast"]);
});

test("no other address than that of the menu bar's command is ever opened", async () => {
  const programs = recordingPrograms(["pgrep", "open"]);
  const { connection } = await scene(programs.PATH);
  for (const link of [
    "https://example.com",
    "raycast://extensions/a/b/ask?launchType=background",
    `${LINK}&x=1`,
    "-a Mail",
  ]) {
    await expect(connection.request("helper.menu-bar", { link })).rejects.toMatchObject({ code: "invalid-params" });
  }
});
