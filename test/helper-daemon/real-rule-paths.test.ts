import { mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { withRealPaths } from "../../helper-daemon/real-rule-paths.ts";
import { pathTest } from "../../src/agent/policy/globs.ts";
import { standingRules } from "../../src/agent/policy/standing-rules.ts";
import type { Decision } from "../../src/protocol/values.ts";
import { removeFolder, temporaryFolder } from "../fakes/helper.ts";

function world() {
  const folder = realpathSync(temporaryFolder("rules"));
  onTestFinished(() => removeFolder(folder));
  const real = join(folder, "real [1]");
  mkdirSync(real);
  symlinkSync(real, join(folder, "link"));
  const speaks = (glob: string, decision: Decision, path: string) => {
    const [rule] = withRealPaths(standingRules([{ id: "mine", when: { path: glob }, decision }], folder)).filter(
      ({ id }) => id === "mine",
    );
    return pathTest([rule?.when.path ?? []].flat(), decision)(path);
  };
  return { folder, real, speaks };
}

test("what a rule forbids under the name of a link is forbidden where it really is", () => {
  const { folder, real, speaks } = world();
  for (const glob of ["~/link", "~/link/**", `${folder}/link/*.txt`, "~/link/not-yet/**"]) {
    const path = join(real, glob.includes("not-yet") ? "not-yet/a.txt" : "a.txt");
    expect([glob, speaks(glob, "deny", path)]).toEqual([glob, true]);
    expect([glob, speaks(glob, "requiresApproval", path)]).toEqual([glob, true]);
  }
  expect(speaks("~/link", "deny", join(folder, "link"))).toBe(true);
  expect(speaks("~/link/**", "deny", join(folder, "real 1/a.txt"))).toBe(false);
});

test("a rule that permits follows no link, which a tool could have made", () => {
  const { real, speaks } = world();
  expect(speaks("~/link/**", "execute", join(real, "a.txt"))).toBe(false);
});
