import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { type InstallRecord, installRecordSchema } from "../../../src/protocol/install.ts";
import { connectTo, removeFolder } from "../../fakes/helper.ts";
import { createMac, type FakeMac } from "../../fakes/launchctl.ts";
import { script, startModelServer } from "../../fakes/model-server.ts";
import { isRunning } from "../../fakes/processes.ts";
import type { Command } from "../../fakes/raycast/command.ts";
import type { LaunchOptions } from "../../fakes/raycast/launch.ts";
import { createStorage } from "../../fakes/raycast/storage.ts";
import { runtimes, startRuntime } from "../../fakes/runtime-server.ts";
import { type Manner, registryFor } from "../../helper-daemon/install/registry.ts";
import {
  createRelease,
  createReleaseOf,
  namesIn,
  personOf,
  type Release,
} from "../../helper-daemon/install/release.ts";
import { HELPER } from "../../launchd/installation.ts";
import { openStage, stopHelperOf } from "./stage.ts";

const { open, cleanUp } = openStage();

interface Machine {
  mac: FakeMac;
  /** Launches a command of the extension that brings this release. */
  launch(name: string, release: Release, more?: Partial<LaunchOptions>): Command;
}

/** A Mac on which nothing of loopd is. Every variable is what Raycast's own process would hand on. */
function createMachine(environment: Record<string, string> = {}): Machine {
  const mac = createMac({ name: "Ada 🦊" });
  cleanUp.push(() => mac.close());
  const person = personOf(mac, "darwin");
  const storage = createStorage();
  return {
    mac,
    launch: (name, release, more = {}) =>
      open(name, mac.home, {
        assetsPath: join(release.folder, "assets"),
        storage,
        ...more,
        env: { ...person.environment, ...environment, ...more.env },
      }),
  };
}

/** As the extension has it: its manifest stands beside its assets. */
function made(release: Release): Release {
  copyFileSync(resolve(import.meta.dirname, "../../../package.json"), join(release.folder, "package.json"));
  cleanUp.push(() => removeFolder(release.folder));
  return release;
}

function recordIn({ home }: FakeMac): InstallRecord {
  return installRecordSchema.parse(JSON.parse(readFileSync(join(home, "run", "install.json"), "utf8")));
}

/** An installation that nobody watches has no event to wait for. */
async function untilRecorded(mac: FakeMac, fits: (record: InstallRecord) => boolean): Promise<InstallRecord> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const record = existsSync(join(mac.home, "run", "install.json")) ? recordIn(mac) : undefined;
    if (record !== undefined && fits(record)) return record;
    if (performance.now() > deadline)
      throw new Error(`The installation did not come to that: ${JSON.stringify(record)}`);
    await delay(25);
  }
}

/** Who serves the home now. */
async function serving({ home }: FakeMac): Promise<{ pid: number; version: string }> {
  const connection = await connectTo(home);
  connection.close();
  return connection.hello;
}

/** Chooses an action that asks, and answers; resolves once it is done, with what was asked. */
async function pressed(command: Command, action: string, button: string) {
  const acting = command.action(action);
  await command.until(() => command.alert !== undefined);
  const { alert } = command;
  alert?.press(button);
  await acting;
  return alert;
}

/** Installing takes what it takes on a busy machine. */
const PATIENCE = 60_000;
const begins = (title: string) => (_: unknown, command: Command) => command.actions().includes(title);
const shows = (words: string | RegExp) => (_: unknown, command: Command) =>
  typeof words === "string" ? command.print().includes(words) : words.test(command.print());

test(
  "from the first launch to the first question: closed, killed, lied to, and installed all the same",
  { timeout: 400_000 },
  async () => {
    const release = made(createRelease("missing"));
    const registry = await registryFor(release);
    cleanUp.push(() => registry.close());
    const runtime = await startRuntime(runtimes.llamaServer(8_192, 131_072));
    const { mac, launch } = createMachine({
      LOOPD_INSTALL_REGISTRY: registry.url,
      LOOPD_DETECT_PORTS: String(runtime.port),
    });

    const ask = launch("ask", release);
    await ask.until(shows("The Helper Is Not Running"));
    expect(ask.actions()).toEqual(["Set Up Helper"]);
    await ask.action("Set Up Helper");
    const first = await ask.next("set-up-helper");
    await first.until(begins("Install Helper"));
    expect(first.items()).toHaveLength(15);

    // Closed while it downloads: the installer is nobody's, and goes on; opened again, the view finds it.
    registry.manner = "silent";
    await first.action("Install Helper");
    await first.until(shows("Installing…"));
    expect(first.print()).toContain("It goes on when you close this window");
    const { pid } = recordIn(mac);
    const view = first.pid ?? 0;
    first.close();
    await expect.poll(() => isRunning(view), { timeout: PATIENCE }).toBe(false);
    expect(isRunning(pid)).toBe(true);
    const found = launch("set-up-helper", release);
    await found.until(shows("Installing…"));
    expect(found.actions()).not.toContain("Continue Installation");
    process.kill(pid, "SIGKILL");
    await found.until(begins("Continue Installation"));
    found.select("bundle");
    expect(found.print()).toContain("**Interrupted**");
    await found.action("Continue Installation");
    await found.until(begins("Stop Installing"));
    const stopped = recordIn(mac).pid;
    await found.action("Stop Installing");
    await found.until(begins("Continue Installation"));
    expect(isRunning(stopped)).toBe(false);
    found.close();

    const second = launch("set-up-helper", release, { env: { LOOPD_INSTALL_IDLE_MS: "700" } });
    await second.until(begins("Continue Installation"));
    for (const [manner, words] of [
      ["silent", "nothing came for 0\\.7 s"],
      ["missing", "the server answered 404"],
      ["cut", "the connection was cut before the end"],
      ["other", "it is not the one that was pinned"],
      ["page", "perhaps of a network that wants you to log in"],
      ["circle", "it was redirected too often"],
    ] as const satisfies [Manner, string][]) {
      registry.manner = manner;
      const before = recordIn(mac).pid;
      await second.action(second.actions()[0] ?? "");
      await untilRecorded(mac, ({ pid: now, state }) => now !== before && state === "failed");
      await second.until(
        (_, command) =>
          new RegExp(words).test(command.print().replaceAll("\\", "")) && command.actions()[0] === "Try Again",
        PATIENCE,
      );
      expect(second.actions().slice(1, 3)).toEqual(["Open Network Settings", "Open Logs"]);
      expect([manner, namesIn(join(mac.home, "helper")), mac.changes()]).toEqual([manner, [], []]);
    }

    registry.manner = "moved";
    await second.action("Try Again");
    await second.until(shows("Installing…"));
    second.close();
    const { result } = await untilRecorded(mac, ({ state }) => state !== "running");
    expect(result).toMatchObject({ ok: true, version: release.version });
    expect((await serving(mac)).pid).toBe(mac.job(HELPER)?.pid);

    for (const [name, kind] of [
      ["Desktop", "folder"],
      ["Documents", "file"],
    ] as const) {
      if (kind === "folder") mkdirSync(join(mac.person, name));
      else writeFileSync(join(mac.person, name), "no folder, so that nobody can look into it");
    }
    const third = launch("set-up-helper", release);
    await third.until(shows("The helper runs and answers"));
    expect(third.print()).toContain("Version 0");
    third.select("endpoint");
    await third.action("Find Model on This Machine");
    await third.until(shows("qwen3-8b"));
    const alert = await pressed(third, "Use This Model", "Use");
    expect(alert?.message).toContain(`llama-server at http://127.0.0.1:${runtime.port}`);
    await third.until(() => third.toasts.some(({ title }) => title === "Added, but It Does Not Work Yet"));
    await third.back();
    third.select("endpoint");
    await third.until(shows("loopd asks qwen3"));

    third.select("folders");
    await pressed(third, "Look into Folders…", "Continue");
    await third.until(() =>
      third.toasts.some(({ message }) => message === "Desktop: open, Documents: refused, Downloads: not there"),
    );
    await third.until(shows(/may not look into.*Documents/));

    third.select("hotkey");
    await third.action("Mark as Done");
    third.select("windows");
    expect(third.actions()).toContain("Ask for Permission");
    await third.action("Open Accessibility Settings");
    expect(third.opened.at(-1)).toContain("Privacy_Accessibility");
    await third.action("Skip for Now");
    await third.until(begins("Mark as to Do"));
    third.select("menu-bar");
    await third.action("Show Status in Menu Bar");
    await (await third.next("show-status")).ended();
    third.select("first-ask");
    await third.action("Ask a First Question");
    const asked = await third.next("ask");
    await asked.until((shown) => shown.type === "Form");
    expect(asked.values["question"]).toContain("change nothing");
    asked.close();

    // What was ticked off is kept; an endpoint by preference is one, too.
    const server = await startModelServer(() => script().says("ready").whole());
    cleanUp.push(() => server.close());
    const preferences = { endpointUrl: server.url, endpointModel: "mine", endpointTrust: "local" };
    const last = launch("set-up-helper", release, { preferences });
    await last.until(() => last.toasts.some(({ title }) => title === "The endpoint answers"));
    expect(last.print()).toMatch(/First Steps/);
    for (const [id, word] of [
      ["menu-bar", "Done"],
      ["hotkey", "Done"],
      ["windows", "Skipped"],
      ["folders", "Look"],
    ] as const) {
      last.select(id);
      expect([id, last.print()]).toEqual([id, expect.stringContaining(`**${word}**`)]);
    }
  },
);

test("switched off, repaired, updated, refused where it is newer, and uninstalled", { timeout: 400_000 }, async () => {
  const release = made(createRelease());
  const { mac, launch } = createMachine();
  mac.switchOff(HELPER);
  const setUp = launch("set-up-helper", release);
  await setUp.until(begins("Install Helper"));
  await setUp.action("Install Helper");
  await setUp.until(begins("Open Login Items"), PATIENCE);
  expect(setUp.actions().slice(0, 4)).toEqual(["Try Again", "Open Login Items", "Copy What Mends It", "Open Logs"]);
  expect(mac.changes()).toEqual([]);
  await setUp.action("Open Login Items");
  expect(setUp.opened.at(-1)).toBe("x-apple.systempreferences:com.apple.LoginItems-Settings.extension");
  await setUp.action("Copy What Mends It");
  expect(setUp.clipboard).toMatch(/^launchctl enable gui\/501\//);
  setUp.select("agent");
  expect(setUp.print()).toContain("**Failed**");

  writeFileSync(join(mac.machine.root, "launchd", "disabled.json"), "{}");
  await setUp.action("Try Again");
  await setUp.until(begins("Repair Helper"), PATIENCE);
  await setUp.until(shows("The helper runs and answers"));

  writeFileSync(join(mac.home, "helper", "current", "check.mjs"), "broken");
  await setUp.action("Open Doctor");
  await setUp.until((_, command) => command.items().includes("installed bundle"), PATIENCE);
  setUp.select("installed bundle");
  expect(setUp.print()).toContain("was changed");
  await setUp.action("Copy What Mends It");
  expect(setUp.clipboard).toBe("loopd helper install");
  await setUp.back();
  const before = recordIn(mac).pid;
  await setUp.action("Repair Helper");
  const repaired = await untilRecorded(mac, ({ pid, state }) => pid !== before && state === "done");
  expect(repaired.steps[0]?.detail).toContain("repaired");
  setUp.close();

  const newer = made(createReleaseOf("0.2.0"));
  const ask = launch("ask", newer);
  await ask.until(() => ask.toasts.some(({ title }) => title === "The Helper Is Older Than This Extension"));
  await ask.toastAction("Set Up Helper");
  const update = await ask.next("set-up-helper");
  await update.until(begins("Update Helper"));
  await update.action("Update Helper");
  await update.until(begins("Repair Helper"), PATIENCE);
  expect(await serving(mac)).toMatchObject({ version: "0.2.0", pid: mac.job(HELPER)?.pid });
  update.close();

  const older = launch("set-up-helper", release);
  await older.until(shows("The Installed Helper Is Newer"));
  expect(older.print()).toContain("may not read what a newer one wrote");
  for (const title of ["Install Helper", "Repair Helper", "Update Helper", "Try Again"])
    expect(older.actions()).not.toContain(title);
  const { pid } = await serving(mac);
  const uninstalling = await pressed(older, "Uninstall Helper…", "Uninstall");
  expect(uninstalling?.style).toBe("destructive");
  await older.until(begins("Install Helper"), PATIENCE);
  expect([isRunning(pid), mac.agents(), mac.job(HELPER)]).toEqual([false, [], undefined]);
  expect(namesIn(mac.home)).toEqual(expect.arrayContaining(["blobs", "logs", "loopd.db"]));
  expect(existsSync(join(mac.home, "helper"))).toBe(false);
});

test("a helper is started without an installation where it can run, and waited for when it dies", async () => {
  const { mac, launch } = createMachine();
  const setUp = launch("set-up-helper", made(createRelease()));
  await setUp.until(begins("Start Helper"));
  expect(setUp.actions().slice(0, 2)).toEqual(["Install Helper", "Start Helper"]);
  cleanUp.push(() => stopHelperOf(mac.home));
  await setUp.action("Start Helper");
  await setUp.until(shows("The helper runs and answers"));
  expect(setUp.actions()).not.toContain("Start Helper");
  process.kill((await serving(mac)).pid, "SIGKILL");
  await setUp.until((view) => view.props["navigationTitle"] === "Set Up Helper – Reconnecting to the Helper…");
  await setUp.until((view) => view.props["navigationTitle"] === "Set Up Helper");
});
