import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { installLineSchema, type InstallResult, type InstallStep } from "../../../src/protocol/install.ts";
import { temporaryFolder, withoutSandbox } from "../../fakes/helper.ts";
import type { FakeMac } from "../../fakes/launchctl.ts";
import type { FakeLinux } from "../../fakes/systemctl.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

/** A loopd as a person gets it: the built bundle in a folder of its own, which no later build changes. */
export interface Release {
  folder: string;
  version: string;
  /** Path of a file of the bundle. */
  file(name: string): string;
}

/**
 * The loopd that was built.
 * @param packages `beside`: as npm installs it. `missing`: as Raycast does, which brings none.
 */
export function createRelease(packages: "beside" | "missing" = "beside"): Release {
  const folder = temporaryFolder("release");
  copyBuilt(join(folder, "assets"));
  if (packages === "beside") symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const file = (name: string) => join(folder, "assets", "helper", name);
  const { version } = JSON.parse(readFileSync(file("manifest.json"), "utf8")) as { version: string };
  return { folder, version, file };
}

/** A release of another version: every file says so, and the manifest fits. */
export function createReleaseOf(version: string): Release {
  const release = createRelease();
  const manifest = JSON.parse(readFileSync(release.file("manifest.json"), "utf8")) as Manifest;
  for (const name of Object.keys(manifest.files)) {
    const path = release.file(name);
    writeFileSync(path, readFileSync(path, "latin1").replaceAll(`"${release.version}"`, `"${version}"`), "latin1");
    manifest.files[name] = createHash("sha256").update(readFileSync(path)).digest("hex");
  }
  writeFileSync(release.file("manifest.json"), JSON.stringify({ ...manifest, version }));
  return { ...release, version };
}

type Manifest = { version: string; files: Record<string, string> };

/** Whoever builds meanwhile replaces the folder under our hands: then it is copied again. */
function copyBuilt(to: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      for (const name of ["helper", "native"]) {
        const filter = (path: string) => !path.endsWith(".map");
        cpSync(join(ROOT, "assets", name), join(to, name), { recursive: true, filter });
      }
      const { files } = JSON.parse(readFileSync(join(to, "helper", "manifest.json"), "utf8")) as Manifest;
      if (Object.keys(files).every((name) => existsSync(join(to, "helper", name)))) return;
    } catch (error) {
      if (attempt === 10) throw error;
    }
    rmSync(to, { recursive: true, force: true });
    mkdirSync(to);
  }
}

/** How a command line ended. */
interface CliEnd {
  code: number | null;
  out: string;
  err: string;
  /** What `--json` printed. */
  steps: InstallStep[];
  result: InstallResult | undefined;
  /** `step state` of each line but those that say that a step begins. */
  ends: string[];
}

/** A person's command line on a machine of our own. */
export interface Person {
  environment: Record<string, string>;
  /** Runs a command; `onStep` sees each line of `--json` as it comes, with what ends the whole command at once. */
  run(
    release: Release,
    words: readonly string[],
    onStep?: (step: InstallStep, kill: () => void) => void,
  ): Promise<CliEnd>;
}

/** The person of a fake Mac or Linux machine. */
export function personOf({ machine, person, home }: FakeMac | FakeLinux, platform: "darwin" | "linux"): Person {
  withoutSandbox(home);
  const environment = {
    HOME: person,
    USER: "ada",
    PATH: "/usr/bin:/bin",
    LOOPD_HOME: home,
    LOOPD_INSTALL_ROOT: machine.root,
    LOOPD_INSTALL_PLATFORM: platform,
    LOOPD_INSTALL_UID: String(machine.uid),
  };
  return {
    environment,
    run: (release, words, onStep = () => {}) =>
      new Promise((done) => {
        const child = spawn(process.execPath, [release.file("loopd.mjs"), ...words], {
          env: environment,
          stdio: ["ignore", "pipe", "pipe"],
          detached: true,
        });
        const kill = () => {
          if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
        };
        const steps: InstallStep[] = [];
        let [out, err, result] = ["", "", undefined as InstallResult | undefined];
        child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
        createInterface({ input: child.stdout }).on("line", (line) => {
          out += `${line}\n`;
          const said = parsed(line);
          if (said === undefined) return;
          if ("result" in said) return void (result = said.result);
          steps.push(said);
          onStep(said, kill);
        });
        child.once("close", (code) => {
          const ends = steps.filter(({ state }) => state !== "doing").map(({ step, state }) => `${step} ${state}`);
          done({ code, out, err, steps, result, ends });
        });
      }),
  };
}

function parsed(line: string): InstallStep | { result: InstallResult } | undefined {
  try {
    return installLineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Everything below a folder, without what a helper writes while it runs. */
export function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
