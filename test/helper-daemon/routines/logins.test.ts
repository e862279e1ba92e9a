import { chmodSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLogins } from "../../../helper-daemon/routines/logins.ts";
import { removeFolder, temporaryFolder } from "../../fakes/helper.ts";

const me = userInfo().username;

/** Logins as a machine has them whose `who` says this; with no text there is none. */
function loginsWith(platform: NodeJS.Platform, who: string | undefined) {
  const folder = temporaryFolder("who");
  onTestFinished(() => removeFolder(folder));
  writeFileSync(join(folder, "said"), who ?? "");
  writeFileSync(join(folder, "who"), `#!/bin/sh\nwhile read -r line; do echo "$line"; done < "${folder}/said"\n`);
  chmodSync(join(folder, "who"), who === undefined ? 0o644 : 0o755);
  return createLogins({ platform, environment: { PATH: folder } })("boot");
}

test("on macOS a login is a line for the console, not a window of a terminal or somebody else's", async () => {
  const who = `${me} console  Nov 21 09:01\n${me} ttys000  Nov 21 09:05\nsomebody console  Nov 21 10:00\n`;
  expect(await loginsWith("darwin", who)).toEqual([`boot ${me} console Nov 21 09:01`]);
  expect(await loginsWith("darwin", "")).toEqual([]);
  expect(await loginsWith("darwin", undefined)).toBeUndefined();
});

test("on Linux without logind it is a line for a seat or from another machine; without lists, a boot", async () => {
  const terminals = `${me} pts/1 2026-11-21 09:05 (:0)\n${me} pts/2 2026-11-21 09:06 (tmux(41).%0)\n`;
  const who = `${me} tty1  2026-11-21 09:01\n${terminals}${me} pts/3 2026-11-21 09:07 (10.0.0.7)\n`;
  const remote = `boot ${me} pts/3 2026-11-21 09:07 (10.0.0.7)`;
  expect(await loginsWith("linux", who)).toEqual([`boot ${me} tty1 2026-11-21 09:01`, remote]);
  expect(await loginsWith("linux", "")).toEqual(["boot"]);
  expect(await loginsWith("linux", undefined)).toEqual(["boot"]);
});
