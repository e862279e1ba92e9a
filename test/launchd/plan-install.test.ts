import { expect, test } from "vitest";
import type { InstallWish } from "../../launchd/install-plan.ts";
import { labelOf } from "../../launchd/labels.ts";
import { planInstall, planTick, unwantedJobs } from "../../launchd/plan-install.ts";
import { readPropertyList } from "../../launchd/property-list.ts";

const WISH: InstallWish = {
  platform: "darwin",
  person: "/Users/ada",
  home: "/Users/ada/Library/Application Support/loopd",
  usualHome: "/Users/ada/Library/Application Support/loopd",
  node: "/Users/ada/Library/Application Support/loopd/bin/node",
  helper: ["/l/helper.mjs"],
  tick: ["/l/loopd.mjs", "routines", "tick"],
  version: "1",
  environment: {},
  zone: "Europe/Berlin",
  triggers: [{ type: "cron", expression: "0 9 * * *", zone: "Europe/Berlin" }],
};

const textsOf = (wish: InstallWish) => planInstall(wish).wanted.flatMap((job) => job.files.map(({ text }) => text));
const pathsOf = (wish: InstallWish) => planInstall(wish).wanted.flatMap((job) => job.files.map(({ path }) => path));

test("one file stands where macOS looks at login, the other in the home", () => {
  expect(pathsOf(WISH)).toEqual([
    "/Users/ada/Library/LaunchAgents/dev.loopd.helper.plist",
    "/Users/ada/Library/Application Support/loopd/launchd/dev.loopd.tick.plist",
  ]);
  expect(pathsOf({ ...WISH, platform: "linux" })).toEqual([
    "/Users/ada/.config/systemd/user/dev.loopd.helper.service",
    "/Users/ada/.config/systemd/user/dev.loopd.tick.timer",
    "/Users/ada/.config/systemd/user/dev.loopd.tick.service",
  ]);
});

test("the same wish is the same plan, and an upgrade changes no file that launchd reads", () => {
  expect(planInstall(WISH)).toEqual(planInstall(structuredClone(WISH)));
  expect(textsOf({ ...WISH, version: "2" })).toEqual(textsOf(WISH));
  expect(textsOf({ ...WISH, node: "/other/node" })).not.toEqual(textsOf(WISH));
});

test("without routines that wait for the clock the tick is unwanted", () => {
  for (const platform of ["darwin", "linux"] as const) {
    const wish: InstallWish = { ...WISH, platform, triggers: [{ type: "wake" }] };
    const { wanted, unwanted } = planInstall(wish);
    expect(wanted.map(({ role }) => role)).toEqual(["helper"]);
    expect(unwanted).toEqual(unwantedJobs(wish).filter(({ label }) => label === "dev.loopd.tick"));
    expect(planTick(wish).wanted).toEqual([]);
  }
});

test("a home of its own has labels of its own, the same every time", () => {
  const second = { ...WISH, home: "/Users/ada/second" };
  expect(labelOf(WISH, "helper")).toBe("dev.loopd.helper");
  expect(labelOf(second, "helper")).toMatch(/^dev\.loopd\.helper\.[0-9a-f]{8}$/);
  expect(labelOf(second, "helper")).toBe(labelOf({ ...second }, "helper"));
  expect(new Set([...pathsOf(WISH), ...pathsOf(second)]).size).toBe(4);
});

test("of the environment only programs' folders, language and certificates are taken over", () => {
  const environment = {
    PATH: [
      "/opt/homebrew/bin",
      "relative/bin",
      "",
      "/Users/ada/x/node_modules/.bin",
      "/Users/ada/.npm/_npx/abc/bin",
      "/tmp/venv/bin",
      "/var/folders/ab/bin",
      "/Users/ada/bad\u0001/bin",
      "/Users/ada/Библиотека & <co>/bin",
      "/usr/bin",
      "/opt/homebrew/bin",
    ].join(":"),
    LANG: "en_GB.UTF-8",
    LC_ALL: "",
    NODE_EXTRA_CA_CERTS: "/etc/company.pem",
    NODE_OPTIONS: "--require /tmp/evil.js",
    DYLD_INSERT_LIBRARIES: "/tmp/evil.dylib",
    LOOPD_ENDPOINT_KEY: "sk-1",
    HTTPS_PROXY: "http://ada:secret@proxy",
    OPENAI_API_KEY: "sk-2",
  };
  const [agent = ""] = textsOf({ ...WISH, environment });
  expect(readPropertyList(agent).EnvironmentVariables).toEqual({
    LOOPD_HOME: WISH.home,
    LOOPD_JOB: "dev.loopd.helper",
    LANG: "en_GB.UTF-8",
    NODE_EXTRA_CA_CERTS: "/etc/company.pem",
    PATH: "/opt/homebrew/bin:/Users/ada/Библиотека & <co>/bin:/usr/bin:/usr/local/bin:/bin:/usr/sbin:/sbin",
  });
  const kept = planInstall({ ...WISH, environment }).environment;
  expect(textsOf({ ...WISH, environment: kept })).toEqual(textsOf({ ...WISH, environment }));
});

test.each(["darwin", "linux"] as const)(
  "on %s a home that no file could name is refused, before anything is written",
  (platform) => {
    for (const home of ["/Users/ada/\u0001", "/Users/ada/\ufffd"]) {
      expect(() => planInstall({ ...WISH, platform, home })).toThrow(/Nothing was written/);
    }
    expect(() => planInstall({ ...WISH, platform: "linux", home: "/home/a\nExecStartPre=/bin/rm" })).toThrow(/U\+000A/);
  },
);
