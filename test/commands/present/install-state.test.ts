import { expect, test } from "vitest";
import type { InstallRecord } from "../../../src/protocol/install.ts";
import { presentHead } from "../../../src/commands/present/install-head.ts";
import { presentMends } from "../../../src/commands/present/install-mends.ts";
import { type Installation, installState } from "../../../src/commands/present/install-state.ts";
import { presentSteps } from "../../../src/commands/present/install-steps.ts";
import { compareVersions } from "../../../src/commands/present/versions.ts";

const nothing: Installation = { own: "1.10.0", installed: undefined, record: undefined, isAlive: false };
const at = "2026-11-21T10:00:00.000Z";
const record = (state: InstallRecord["state"], more: Partial<InstallRecord> = {}): InstallRecord => ({
  ...{ version: "1.10.0", pid: 7, startedAt: at, state },
  steps: [
    { step: "bundle", state: "done", at },
    { step: "node", state: state === "running" ? "doing" : "failed", at },
  ],
  ...more,
});
const refused = (reason: string) => ({ code: "install-failed", message: "No.", reason });

test.each([
  ["1.9.0", "1.10.0", "older"],
  ["1.10.0", "1.10.0-beta.2", "same"],
  ["2.0.0", "1.99.99", "newer"],
] as const)("%s is %s's %s", (one, other, order) => expect(compareVersions(one, other)).toBe(order));

test.each([
  ["none", nothing, undefined, "Install Helper"],
  ["running", { ...nothing, record: record("running"), isAlive: true }, refused("busy"), undefined],
  ["cut-short", { ...nothing, record: record("running") }, undefined, "Continue Installation"],
  ["failed", { ...nothing, record: record("failed") }, undefined, "Try Again"],
  ["failed", nothing, refused("inside"), "Try Again"],
  ["installed", { ...nothing, installed: "1.10.0", record: record("done") }, undefined, "Repair Helper"],
  ["outdated", { ...nothing, installed: "1.9.9" }, undefined, "Update Helper"],
  // An older extension begins nothing, not even where its last installation failed.
  ["newer", { ...nothing, installed: "1.11.0", record: record("failed") }, undefined, undefined],
  ["installed", { ...nothing, own: undefined, installed: "1.9.9" }, undefined, "Repair Helper"],
] as const satisfies [string, Installation, ReturnType<typeof refused> | undefined, string | undefined][])(
  "%s",
  (type, installation, refusal, begin) => {
    const state = installState(installation, refusal);
    expect([state.type, presentHead(state, "").begin]).toEqual([type, begin]);
  },
);

test("a step that was under way when the installer died was interrupted, and those of no installation are to do", () => {
  const words = (installation: Installation) =>
    presentSteps(installation, installState(installation, undefined)).map(({ standing }) => standing.text);
  const running = { ...nothing, record: record("running") };
  expect(words({ ...running, isAlive: true }).slice(0, 3)).toEqual(["Done", "Doing", "To Do"]);
  expect(words(running).slice(0, 3)).toEqual(["Done", "Interrupted", "To Do"]);
  expect(new Set(words({ ...nothing, record: record("done") }))).toEqual(new Set(["To Do"]));
});

test("each failure has what mends it", () => {
  const titles = (reason: string, failed: string, message = "No.") => {
    const error = { code: "install-failed", message, mend: "do this", reason };
    const failing = record("failed", { steps: [{ step: failed, state: "failed", at }], result: { ok: false, error } });
    const installation = { ...nothing, record: failing };
    return presentMends(installState(installation, undefined), installation, "/logs").map(({ title }) => title);
  };
  const always = ["Copy What Mends It", "Open Logs"];
  expect(titles("switched-off", "agent")).toEqual(["Open Login Items", ...always]);
  expect(titles("refused", "node")).toEqual(["Open nodejs.org", ...always]);
  expect(titles("", "bundle", "zod could not be downloaded")).toEqual(["Open Network Settings", ...always]);
  expect(titles("no-session", "agent")).toEqual(always);
});
