import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import plist from "plist";
import { onTestFinished } from "vitest";
import { applyPlan } from "../../launchd/apply-plan.ts";
import { planInstall } from "../../launchd/plan-install.ts";
import { placeOf } from "../../helper-daemon/install/install-place.ts";
import { layoutOf } from "../../helper-daemon/install/layout.ts";
import { wishOf } from "../../helper-daemon/install/wish.ts";
import { jobOf } from "../../helper-daemon/install/installed-job.ts";
import { NODE_FLAGS } from "../../src/protocol/node-flags.ts";
import type { InstallResult } from "../../src/protocol/install.ts";
import type { Connection } from "../../src/protocol/connect.ts";
import { type CliOnHome, cliOn } from "../commands/cli/run-cli.ts";
import { connectTo, withoutSandbox } from "../fakes/helper.ts";
import { createMac, type FakeMac } from "../fakes/launchctl.ts";
import { createLinux, type FakeLinux } from "../fakes/systemctl.ts";

const BUNDLE = resolve(import.meta.dirname, "../../assets/helper");

/** A home that loopd is installed in, on a machine of our own: the built helper runs as its job. */
export interface InstalledHome<M extends FakeMac | FakeLinux> {
  machine: M;
  home: string;
  /** What a person's shell says, and where the machine is. */
  environment: Record<string, string>;
  /** Names that the system has for the jobs. */
  units: { helper: string; tick: string };
  /** A person's command line in that home. */
  cli: CliOnHome;
  run(...words: string[]): ReturnType<CliOnHome["run"]>;
  /** Runs a verb of the installed program. */
  verb(verb: string, input?: string): Promise<InstallResult>;
  /** Connects to the helper with this process id as soon as it serves; without one, to whichever does. */
  connected(pid?: number): Promise<Connection>;
  /** Runs the tick as launchd does when a routine is due: the command and the environment of its job's file. */
  tickNow(): Promise<InstallResult>;
}

/** Installs on a Mac, whose seconds take `secondMs`, until the test is over. The programs are links to those of this checkout. */
export async function installedMac(secondMs: number): Promise<InstalledHome<FakeMac>> {
  return installedOn(createMac({ secondMs }), "darwin");
}

/** Installs on a Linux machine. */
export async function installedLinux(): Promise<InstalledHome<FakeLinux>> {
  return installedOn(createLinux(), "linux");
}

async function installedOn<M extends FakeMac | FakeLinux>(machine: M, platform: "darwin" | "linux") {
  onTestFinished(() => machine.close());
  const { home, person } = machine;
  const environment = {
    HOME: person,
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    LOOPD_HOME: home,
    LOOPD_INSTALL_ROOT: machine.machine.root,
    LOOPD_INSTALL_PLATFORM: platform,
    LOOPD_INSTALL_UID: String(machine.machine.uid),
  };
  withoutSandbox(home);
  const { node, bundles, current } = layoutOf(home);
  for (const folder of [join(home, "bin"), bundles]) mkdirSync(folder, { recursive: true });
  symlinkSync(process.execPath, node);
  symlinkSync(BUNDLE, current);
  const place = placeOf(environment);
  const { trouble } = await applyPlan(planInstall(await wishOf(place, { version: "1", triggers: [] })), place.machine);
  if (trouble !== undefined) throw new Error(trouble.words);
  const units = { helper: jobOf(place, "helper").unit, tick: jobOf(place, "tick").unit };
  const cli = cliOn(home);
  const installed: InstalledHome<M> = {
    ...{ machine, home, environment, units, cli },
    run: (...words) => cli.run(words, { env: environment }),
    verb: (verb, input = "") => runVerb(node, [join(current, "install.mjs"), verb], environment, input),
    connected: async (pid) => {
      for (;;) {
        const connection = await (async () => connectTo(home))().catch(() => undefined);
        if (connection !== undefined && (pid === undefined || connection.hello.pid === pid)) return connection;
        connection?.close();
        await new Promise((done) => setTimeout(done, 50));
      }
    },
    tickNow: () => {
      const file = join(home, "launchd", `${units.tick}.plist`);
      const { ProgramArguments, EnvironmentVariables } = plist.parse(readFileSync(file, "utf8")) as {
        ProgramArguments: [string, ...string[]];
        EnvironmentVariables: Record<string, string>;
      };
      const [program, ...words] = ProgramArguments;
      const inherited = { ...environment, PATH: "/usr/bin:/bin", XPC_SERVICE_NAME: units.tick };
      return runVerb(program, words, { ...inherited, ...EnvironmentVariables }, "");
    },
  };
  return installed;
}

function runVerb(node: string, words: string[], environment: Record<string, string>, input: string) {
  const child = spawn(node, words, { env: environment, stdio: ["pipe", "pipe", "ignore"], cwd: "/" });
  child.stdin.end(input);
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  return new Promise<InstallResult>((done) =>
    child.once("close", () =>
      done((JSON.parse(out.trim().split("\n").at(-1) ?? "") as { result: InstallResult }).result),
    ),
  );
}

/** A helper that somebody starts by hand in an installed home; resolves with what it says when it is ready. */
export async function startedByHand(
  { home, environment }: InstalledHome<FakeMac | FakeLinux>,
  more: NodeJS.ProcessEnv,
) {
  const child = spawn(process.execPath, [...NODE_FLAGS, join(BUNDLE, "helper.mjs")], {
    env: { ...environment, ...more, LOOPD_HOME: home, LOOPD_READY_FD: "3" },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exited = new Promise<number | null>((done) => child.once("close", (code) => done(code)));
  const line = await new Promise<string>((done) => {
    child.stdio[3]?.once("data", (chunk: Buffer) => done(chunk.toString()));
  });
  const { pid } = JSON.parse(line) as { pid: number | null };
  return { child, pid, exited, stderr: () => stderr };
}
