import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { recordingPrograms } from "../fakes/recording-programs.ts";
import { routineJourney } from "../fakes/routine-desk.ts";

/** A hang guard. */
const PATIENT = { timeout: 60_000 };

/** A `loginctl` that shows these sessions. */
function fakeLogins() {
  const folder = temporaryFolder("logins");
  onTestFinished(() => removeFolder(folder));
  const program = join(folder, "loginctl");
  writeFileSync(program, `#!/bin/sh\ncat "${folder}/$1"\n`);
  chmodSync(program, 0o755);
  const show = (...sessions: { Id: string; Class: string; Remote: string; TTY: string }[]) => {
    const rows = sessions.map(({ Id }) => `${Id} ${userInfo().uid} ${userInfo().username} - -`);
    writeFileSync(join(folder, "list-sessions"), [...rows, "c9 4242 somebody seat0 tty7"].join("\n"));
    const blocks = sessions.map((one) =>
      Object.entries({ ...one, Timestamp: `of ${one.Id}` }).map((pair) => pair.join("=")),
    );
    writeFileSync(join(folder, "show-session"), blocks.map((lines) => lines.join("\n")).join("\n\n"));
  };
  return { show, PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` };
}

test.skipIf(process.platform !== "linux")(
  "a login is a person at this machine, each once, also while no helper runs",
  async () => {
    const desktop = (Id: string) => ({ Id, Class: "user", Remote: "no", TTY: "tty2" });
    const others = [
      { Id: "m1", Class: "manager", Remote: "no", TTY: "" },
      { Id: "b1", Class: "background", Remote: "no", TTY: "" },
      { Id: "r1", Class: "user", Remote: "yes", TTY: "" },
    ];
    const logins = fakeLogins();
    logins.show(desktop("1"));
    const desk = await routineJourney(undefined, { PATH: logins.PATH });
    await desk.add({ schedule: { on: "login" } });
    await desk.poke();
    logins.show(desktop("1"), ...others);
    await desk.poke();
    expect(await desk.ledger()).toEqual([]);
    logins.show(...others, desktop("2"));
    await desk.poke();
    await desk.idle();
    await desk.poke();
    expect(desk.server.requests).toHaveLength(1);
    await desk.helper.kill();
    const again = await desk.again();
    await again.poke();
    expect(desk.server.requests).toHaveLength(1);
    await again.helper.stop();
    logins.show(desktop("3"));
    const third = await again.again();
    await third.poke();
    await third.idle();
    expect((await third.runs()).map(({ state }) => state)).toEqual(["ran", "ran"]);
    // Over ssh with a terminal one works here as well.
    logins.show(desktop("3"), { Id: "4", Class: "user", Remote: "yes", TTY: "pts/0" });
    await third.poke();
    await third.idle();
    expect(await third.runs()).toHaveLength(3);
  },
);

test("files that are made or changed run what waits for them: in folders of any name, new ones, deep ones", async () => {
  const programs = recordingPrograms(["notify-send"]);
  const desk = await routineJourney(undefined, { PATH: programs.PATH });
  const inbox = (...parts: string[]) => join(desk.workspace, ...parts);
  const wait = (name: string, glob: string) =>
    desk.add({ name, schedule: { on: `file:${glob}` }, notify: ["failure"] });
  mkdirSync(inbox("Scans (1)"));
  mkdirSync(inbox("plain"));
  mkdirSync(inbox("deep"));
  mkdirSync(inbox("gone"));
  writeFileSync(inbox("plain", "old.pdf"), "old");
  mkdirSync(inbox("many"));
  for (let i = 0; i < 2_100; i += 1) mkdirSync(inbox("many", `d${i}`));
  await wait("odd", "Scans (1)/*.pdf");
  await wait("plain", "plain");
  await wait("deep", "deep/**/in/*.{pdf,png}");
  await wait("gone", "gone/*.pdf");
  await wait("later", "not/yet/there/*.pdf");
  await wait("many", "many/**/*.pdf");
  await wait("quiet", "plain/*.nothing");
  // What is told of a folder that is too large is told once it is watched.
  await expect.poll(() => programs.called().join(), PATIENT).toContain("watches only the first 2000 folders");
  expect(await desk.ledger()).toEqual([]);

  // Removing is no change.
  rmSync(inbox("plain", "old.pdf"));
  writeFileSync(inbox("Scans (1)", "a.pdf"), "a");
  mkdirSync(inbox("deep", "a", "b", "in"), { recursive: true });
  writeFileSync(inbox("deep", "a", "b", "in", "a.png"), "a");
  rmSync(inbox("gone"), { recursive: true });
  mkdirSync(inbox("not", "yet", "there"), { recursive: true });
  const names = async () => (await desk.runs()).map(({ routine }) => routine).sort();
  await expect.poll(names, PATIENT).toEqual(["deep", "odd"]);
  writeFileSync(inbox("plain", "new.pdf"), "new");
  mkdirSync(inbox("gone"));
  writeFileSync(inbox("gone", "a.pdf"), "a");
  writeFileSync(inbox("not", "yet", "there", "a.pdf"), "a");
  await expect.poll(names, PATIENT).toEqual(["deep", "gone", "later", "odd", "plain"]);
  await desk.idle();
  expect(desk.server.requests).toHaveLength(5);
});
