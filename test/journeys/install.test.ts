import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { takeInstallLock } from "../../helper-daemon/store/install-lock.ts";
import { connectTo, removeFolder } from "../fakes/helper.ts";
import { createMac, type FakeMac } from "../fakes/launchctl.ts";
import { isRunning } from "../fakes/processes.ts";
import {
  createRelease,
  createReleaseOf,
  namesIn,
  type Person,
  personOf,
  type Release,
} from "../helper-daemon/install/release.ts";
import { HELPER, TICK } from "../launchd/installation.ts";
import { hasNoPython, readWithPython } from "../launchd/python-plistlib.ts";

let mac: FakeMac;
let ada: Person;
const releases: Release[] = [];
const made = (release: Release) => (releases.push(release), release);
afterEach(async () => {
  await mac.close();
  for (const { folder } of releases.splice(0)) removeFolder(folder);
});

const agentOf = ({ person }: FakeMac) => join(person, "Library", "LaunchAgents", `${HELPER}.plist`);
const tickOf = ({ home }: FakeMac) => join(home, "launchd", `${TICK}.plist`);
const install = (release: Release, ...more: string[]) => ada.run(release, ["helper", "install", "--json", ...more]);

/** Who serves the home now. */
async function serving(): Promise<{ pid: number; version: string }> {
  const connection = await connectTo(mac.home);
  connection.close();
  return connection.hello;
}

test(
  "installed over a helper started by hand, again, upgraded, repaired, uninstalled",
  { timeout: 240_000 },
  async () => {
    mac = createMac({ name: "Ada 🦊" });
    ada = personOf(mac, "darwin");
    const first = made(createRelease());
    expect(
      (await ada.run(first, ["routines", "add", "brief", "--cron", "0 9 * * *", "--prompt", "Brief me."])).code,
    ).toBe(0);
    const byHand = await serving();

    const installed = await install(first);
    expect([installed.code, installed.err]).toEqual([0, ""]);
    const steps = ["bundle", "node", "screen", "agent", "start", "handshake", "tick"].map((step) => `${step} done`);
    expect(installed.ends).toEqual([...steps, "clean-up skipped"]);
    const notice = installed.steps.find(({ step, state }) => step === "agent" && state === "doing")?.detail;
    expect(notice).toContain("macOS shows a notification");
    expect(mac.agents()).toEqual([`${HELPER}.plist`]);
    expect(namesIn(join(mac.home, "launchd"))).toEqual([`${TICK}.plist`, "installed.json"].sort());
    const [enabled, loaded, ...others] = mac.changes();
    expect([enabled, loaded]).toEqual([`enable gui/501/${HELPER}`, `bootstrap gui/501 ${agentOf(mac)}`]);
    expect(others.slice(-2)).toEqual([`enable gui/501/${TICK}`, `bootstrap gui/501 ${tickOf(mac)}`]);
    expect(isRunning(byHand.pid)).toBe(false);
    const { pid } = await serving();
    expect(pid).toBe(mac.job(HELPER)?.pid);
    const name = readlinkSync(join(mac.home, "helper", "current"));
    if (!hasNoPython) {
      const [agent, tick] = readWithPython([agentOf(mac), tickOf(mac)].map((path) => readFileSync(path, "utf8")));
      const node = join(mac.home, "bin", "node");
      expect(agent).toMatchObject({ Label: HELPER, RunAtLoad: true, KeepAlive: { SuccessfulExit: false } });
      expect((agent as { ProgramArguments: string[] }).ProgramArguments).toEqual([
        node,
        ...["--disable-warning=ExperimentalWarning", "--max-semi-space-size=1"],
        join(mac.home, "helper", "current", "helper.mjs"),
      ]);
      expect((tick as { ProgramArguments: string[] }).ProgramArguments.slice(-2)).toEqual([
        join(mac.home, "helper", "current", "install.mjs"),
        "tick",
      ]);
    }
    const status = await ada.run(first, ["helper", "status"]);
    expect(status.out).toContain(`${HELPER} is installed and runs as process ${pid}.`);
    expect(status.out).toContain(`${TICK} is installed and waits for its time.`);
    const checked = JSON.parse((await ada.run(first, ["doctor", "--json"])).out) as { name: string; state: string }[];
    expect(checked.filter(({ name: one }) => one.startsWith("installed"))).toEqual(
      ["bundle", "Node", "screen program", "helper", "tick"].map(
        (what) => expect.objectContaining({ name: `installed ${what}`, state: "ok" }) as object,
      ),
    );

    const times = () => [agentOf(mac), tickOf(mac)].map((path) => statSync(path).mtimeMs);
    const before = times();
    mac.forgetCalls();
    const again = await install(first);
    expect(again.ends.filter((end) => !end.endsWith(" skipped"))).toEqual(["handshake done"]);
    expect([mac.changes(), times(), (await serving()).pid]).toEqual([[], before, pid]);

    const second = made(createReleaseOf("0.2.0"));
    const upgraded = await install(second);
    expect(upgraded.result).toMatchObject({ ok: true, version: "0.2.0" });
    expect(upgraded.ends).toContain("clean-up done");
    expect([mac.changes(), times()]).toEqual([[`kickstart -k gui/501/${HELPER}`], before]);
    expect(await serving()).toMatchObject({ version: "0.2.0", pid: mac.job(HELPER)?.pid });
    expect(namesIn(join(mac.home, "helper"))).toEqual([expect.stringMatching(/^0\.2\.0-/) as string, "current"]);

    mac.forgetCalls();
    const refused = await install(first);
    expect([refused.code, refused.steps, mac.changes()]).toEqual([1, [], []]);
    expect(refused.result?.error).toMatchObject({
      reason: "newer",
      message: expect.stringMatching(/0\.2\.0.*install --force/) as string,
    });
    expect((await install(first, "--force")).result).toMatchObject({ ok: true, version: first.version });
    expect((await serving()).version).toBe(first.version);

    // Another Node is another start, at the same place; what is damaged or gone comes back.
    const node = join(mac.home, "bin", "node");
    copyFileSync(node, `${node}.other`);
    appendFileSync(`${node}.other`, "\n");
    renameSync(`${node}.other`, node);
    mac.forgetCalls();
    expect((await install(first)).code).toBe(0);
    expect([mac.changes(), times()]).toEqual([[`kickstart -k gui/501/${HELPER}`], before]);
    writeFileSync(join(mac.home, "helper", name, "check.mjs"), "broken");
    rmSync(join(mac.home, "bin", "loopd-screen"));
    const unwell = await ada.run(first, ["doctor"]);
    expect(unwell.out).toMatch(/no {2}installed bundle: .*check\.mjs was changed.*\n +mend it: loopd helper install/);
    expect(unwell.code).toBe(1);
    const repaired = await install(first);
    expect(repaired.ends.slice(0, 3)).toEqual(["bundle done", "node skipped", "screen done"]);
    expect((await ada.run(first, ["doctor"])).out).toMatch(/ok {2}installed bundle/);

    const last = await serving();
    const uninstalled = await ada.run(first, ["helper", "uninstall"]);
    expect(uninstalled.out).toContain("What is yours stays");
    expect([uninstalled.code, mac.agents(), mac.job(HELPER), mac.job(TICK)]).toEqual([0, [], undefined, undefined]);
    expect(isRunning(last.pid)).toBe(false);
    for (const gone of ["bin", "helper", "launchd", "run/install.json", "run/install.lock"])
      expect([gone, existsSync(join(mac.home, gone))]).toEqual([gone, false]);
    expect(namesIn(mac.home)).toEqual(expect.arrayContaining(["blobs", "config.json", "logs", "loopd.db", "run"]));
    expect((await ada.run(first, ["helper", "uninstall", "--json"])).ends).toEqual([
      "agent skipped",
      "stop skipped",
      "files skipped",
    ]);
    // Nothing of the person's is lost, and a face starts the helper by itself again.
    expect((await ada.run(first, ["routines", "list"])).out).toContain("brief");
    expect((await ada.run(first, ["helper", "stop"])).code).toBe(0);
  },
);

test(
  "killed at every line and run again, an installation and an upgrade are complete",
  { timeout: 300_000 },
  async () => {
    mac = createMac();
    ada = personOf(mac, "darwin");
    const first = made(createRelease());
    const killedAt = (release: Release, line: number) => {
      let lines = 0;
      return ada.run(release, ["helper", "install", "--json"], (_, kill) => {
        if (++lines === line) kill();
      });
    };
    let line = 1;
    for (; ; line++) {
      const end = await killedAt(first, line);
      if (end.result !== undefined) break;
      if (line === 7)
        expect((await ada.run(first, ["doctor"])).out).toMatch(
          /!! {2}last installation: It was cut short at agent.*\n.*loopd helper install/,
        );
    }
    expect(line).toBeGreaterThan(16);
    const { pid } = await serving();
    expect(pid).toBe(mac.job(HELPER)?.pid);
    expect(mac.agents()).toEqual([`${HELPER}.plist`]);
    mac.forgetCalls();
    expect((await install(first)).ends.filter((end) => !end.endsWith(" skipped"))).toEqual(["handshake done"]);
    expect([mac.changes(), (await serving()).pid]).toEqual([[], pid]);
    expect(namesIn(join(mac.home, "bin"))).toEqual(["loopd-screen", "node"]);
    expect(namesIn(join(mac.home, "helper"))).toHaveLength(2);

    const second = made(createReleaseOf("0.2.0"));
    // From the beginning of the job's step to the end of the start.
    for (const at of [7, 8, 9, 10]) expect((await killedAt(second, at)).result).toBeUndefined();
    expect((await install(second)).result).toMatchObject({ ok: true, version: "0.2.0" });
    expect(await serving()).toMatchObject({ version: "0.2.0", pid: mac.job(HELPER)?.pid });
    expect(namesIn(join(mac.home, "helper"))).toHaveLength(2);

    const lock = await takeInstallLock(join(mac.home, "run", "install.lock"), 30_000);
    const record = join(mac.home, "run", "install.json");
    const running = { ...(JSON.parse(readFileSync(record, "utf8")) as object), state: "running", pid: process.pid };
    writeFileSync(record, JSON.stringify(running));
    const refused = await install(second);
    lock?.release();
    expect([refused.code, refused.steps]).toEqual([1, []]);
    expect(refused.result?.error).toMatchObject({ reason: "busy" });
  },
);
