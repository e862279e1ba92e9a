import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { connectTo, removeFolder } from "../fakes/helper.ts";
import { createMac, type FakeMac } from "../fakes/launchctl.ts";
import { isRunning } from "../fakes/processes.ts";
import { createLinux, type FakeLinux } from "../fakes/systemctl.ts";
import { createRelease, createReleaseOf, namesIn, personOf, type Release } from "../helper-daemon/install/release.ts";
import { HELPER } from "../launchd/installation.ts";

let machine: FakeMac | FakeLinux;
const releases: Release[] = [];
const made = (release: Release) => (releases.push(release), release);
afterEach(async () => {
  await machine.close();
  for (const { folder } of releases.splice(0)) removeFolder(folder);
});

async function serving(): Promise<{ pid: number; version: string }> {
  const connection = await connectTo(machine.home);
  connection.close();
  return connection.hello;
}

test(
  "whatever launchctl answers is said in words with what to do, and mended by the next run",
  { timeout: 240_000 },
  async () => {
    const mac = createMac();
    machine = mac;
    const ada = personOf(mac, "darwin");
    const release = made(createRelease());
    const install = () => ada.run(release, ["helper", "install"]);
    // bootstrap is tried three times where the code may pass.
    for (const [code, times, words, mend] of [
      [3, 3, /launchd does not know dev\.loopd\.helper/, /mend it: loopd helper install/],
      [5, 3, /input\/output error.*does not say why/, /mend it: launchctl bootout gui\/501/],
      [37, 3, /still busy with another/, /mend it: launchctl bootout/],
      [113, 1, /launchd does not know/, /mend it: loopd helper install/],
      [125, 1, /nobody is logged in at the screen/, /mend it: log in at the Mac's own screen/],
      [130, 3, /a state it knows nothing about/, /mend it: log out and in again/],
    ] as const) {
      mac.answer("bootstrap", code, times);
      const { code: exit, out, err } = await install();
      expect([code, exit, err]).toEqual([code, 1, ""]);
      expect(out).toMatch(words);
      expect(out).toMatch(mend);
      expect(out).not.toMatch(/\n\s+at /);
    }
    expect(mac.job(HELPER)).toBeUndefined();
    expect((await install()).out).toMatch(/is installed: it starts at every login/);

    // Switched off in Login Items: said, and never added again.
    await ada.run(release, ["helper", "uninstall"]);
    mac.switchOff(HELPER);
    mac.forgetCalls();
    const off = await install();
    expect([off.code, mac.changes(), mac.agents()]).toEqual([1, [], []]);
    expect(off.out).toMatch(/switched off on this Mac \(System Settings > General > Login Items/);
    expect((await ada.run(release, ["doctor"])).out).toMatch(/last installation: .*switched off/);

    // A home in which the helper cannot start says why in the helper's own words.
    mac.settings({ secondMs: 20 });
    writeFileSync(join(mac.machine.root, "launchd", "disabled.json"), "{}");
    writeFileSync(join(mac.home, "config.json"), "{ nonsense");
    const broken = await ada.run(release, ["helper", "install", "--json"]);
    expect(broken.ends.at(-1)).toBe("start failed");
    expect(broken.result?.error).toMatchObject({
      code: "config-invalid",
      message: expect.stringContaining("config.json") as string,
    });
    writeFileSync(join(mac.home, "config.json"), "{}");
    expect((await install()).code).toBe(0);
    expect((await serving()).pid).toBe(mac.job(HELPER)?.pid);
  },
);

test("from inside of the helper's job a job of its own does it", { timeout: 120_000 }, async () => {
  const mac = createMac();
  machine = mac;
  const ada = personOf(mac, "darwin");
  expect((await ada.run(made(createRelease()), ["helper", "install"])).code).toBe(0);
  const before = await serving();
  const inside = { ...ada, environment: Object.assign(ada.environment, { LOOPD_JOB: HELPER }) };
  const handed = await inside.run(made(createReleaseOf("0.2.0")), ["helper", "install", "--json"]);
  expect([handed.code, handed.ends]).toEqual([0, ["hand-off done"]]);
  expect(handed.result).toMatchObject({ ok: true, handedOff: "dev.loopd.hand-off" });
  await mac.until("dev.loopd.hand-off", (job) => job?.state === "not running" && job.runs === 1);
  expect(mac.job("dev.loopd.hand-off")?.lastExit).toBe(0);
  expect(await serving()).toMatchObject({ version: "0.2.0", pid: mac.job(HELPER)?.pid });
  expect(isRunning(before.pid)).toBe(false);
  const refused = await inside.run(made(createRelease()), ["helper", "uninstall"]);
  expect([refused.code, mac.agents()]).toEqual([1, [`${HELPER}.plist`]]);
  expect(refused.out).toMatch(
    /inside of dev\.loopd\.helper.*\n +mend it: run it in a terminal.*loopd helper uninstall/,
  );
});

test(
  "on Linux systemd keeps it; without a session of systemd that is said, with the other way",
  { timeout: 180_000 },
  async () => {
    const linux = createLinux();
    machine = linux;
    const ada = personOf(linux, "linux");
    const release = made(createRelease());
    const service = "dev.loopd.helper.service";
    linux.settings({ hasSession: false });
    const without = await ada.run(release, ["helper", "install"]);
    expect([without.code, without.err]).toEqual([1, ""]);
    expect(without.out).toMatch(
      /no session of systemd\.\n +mend it: .*enable-linger.*Or do without: loopd helper start/,
    );
    expect([namesIn(join(linux.person, ".config")), existsSync(join(linux.home, "bin"))]).toEqual([[], false]);
    expect((await ada.run(release, ["helper", "start"])).out).toContain("The helper runs: process");
    const byHand = await serving();

    linux.settings({ hasSession: true });
    await ada.run(release, ["routines", "add", "brief", "--cron", "0 9 * * *", "--prompt", "Brief me."]);
    const installed = await ada.run(release, ["helper", "install", "--json"]);
    expect([installed.code, installed.err]).toEqual([0, ""]);
    expect(installed.ends).toEqual([
      ...["bundle", "node", "agent", "start", "handshake", "tick"].map((step) => `${step} done`),
      "clean-up skipped",
    ]);
    expect(isRunning(byHand.pid)).toBe(false);
    expect((await serving()).pid).toBe(linux.job(service)?.pid);
    expect(linux.timer("dev.loopd.tick.timer")?.[0]?.[0]).toBe("OnCalendar");
    linux.forgetCalls();
    expect((await ada.run(release, ["helper", "install"])).code).toBe(0);
    expect(linux.changes()).toEqual([]);
    expect((await ada.run(release, ["helper", "uninstall"])).code).toBe(0);
    expect(linux.job(service)).toBeUndefined();
    expect(namesIn(join(linux.person, ".config", "systemd", "user"))).toEqual([]);
    for (const gone of ["bin", "helper", "launchd"]) expect(existsSync(join(linux.home, gone))).toBe(false);
    expect(readFileSync(join(linux.home, "config.json"), "utf8")).toContain("sandbox");
  },
);
