import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Job } from "../../launchd/job.ts";
import { helperUnit, onceUnit, tickTimer } from "../../launchd/systemd-units.ts";
import { commandLine, plainValue, quotedWord } from "../../launchd/unit-text.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";
import { analyze, hasNoSystemd } from "./systemd-analyze.ts";

test("each kind of value is quoted for its place", () => {
  expect(quotedWord(`a "b" \\c %h $HOME 'd'`)).toBe(`"a \\"b\\" \\\\c %%h $HOME 'd'"`);
  expect(commandLine(["/a $b/node", "$HOME", "${X}", "100%", ""])).toBe('"/a $b/node" "$$HOME" "$${X}" "100%%" ""');
  expect(commandLine([`/it's/node`, "x"])).toBe(`"/bin/sh" "-c" "exec \\"$$0\\" \\"$$@\\"" "/it's/node" "x"`);
  expect(plainValue("/a b/100% $x")).toBe("/a b/100%% $x");
});

test.each(["a\nExecStart=/bin/rm", "a\rb", "\u0000", "\u001b[1m", "\u007f", "\ufffd", "\ud800"])(
  "%j is refused: a unit has no way to say it",
  (value) => {
    expect(() => quotedWord(value)).toThrow(/systemd cannot be given .* U\+.*Nothing was written/);
    expect(() => plainValue(value)).toThrow(/U\+/);
  },
);

test.each([" x", "x ", "x\\"])("%j cannot stand at the end of a line", (value) => {
  expect(() => plainValue(value)).toThrow(/blank|backslash/);
});

const job = (folder: string): Job => ({
  role: "helper",
  label: "dev.loopd.helper",
  description: "loopd helper, 100%",
  command: [join(folder, "node"), "--flag", `${folder}/helper.mjs`, "$HOME", "'", "\\"],
  environment: { PATH: `${folder}:/usr/bin`, LOOPD_HOME: folder },
  errorLog: join(folder, "helper.log"),
});

test.skipIf(hasNoSystemd)("systemd finds no fault with units whose folders have hostile names", () => {
  const root = temporaryFolder("units");
  for (const name of [
    "plain",
    "two words",
    "100%h",
    "$HOME",
    `quote"d`,
    "it's",
    "back\\slash",
    "🦊 ü",
    "semi;colon # x",
  ]) {
    const folder = join(root, name);
    mkdirSync(folder);
    writeFileSync(join(folder, "node"), "#!/bin/sh\n", { mode: 0o755 });
    const units = {
      "x-helper.service": helperUnit(job(folder)),
      "x-tick.service": onceUnit({ ...job(folder), role: "tick" }),
      "x-tick.timer": tickTimer(job(folder), ["*-*-* 09:00:00 Europe/Berlin"]),
    };
    for (const [unit, text] of Object.entries(units)) {
      writeFileSync(join(root, unit), text);
    }
    // It also looks whether the program is there and can be run, so its path has been understood.
    const { status, text } = analyze(
      "--user",
      "--man=no",
      "verify",
      ...Object.keys(units).map((unit) => join(root, unit)),
    );
    expect({ name, status, text }).toEqual({ name, status: 0, text: "" });
    if (/["'\\]/.test(name)) continue;
    writeFileSync(join(root, "x-helper.service"), helperUnit(job(join(root, "missing", name))));
    expect(analyze("--user", "--man=no", "verify", join(root, "x-helper.service")).text).toContain(
      `Command ${join(root, "missing", name, "node")} is not executable`,
    );
  }
  removeFolder(root);
});
