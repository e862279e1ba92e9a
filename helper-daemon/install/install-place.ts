import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Platform } from "../../launchd/install-plan.ts";
import type { Machine } from "../../launchd/machine.ts";
import { LoopdError } from "../../src/protocol/errors.ts";
import { homeOf, prepareHome } from "../home.ts";

/*
 * For tests alone, the install program (and nothing else) reads from its environment
 *   LOOPD_INSTALL_ROOT      folder under which /bin/launchctl, /usr/bin/systemctl and the other system programs are
 *   LOOPD_INSTALL_PLATFORM  darwin or linux
 *   LOOPD_INSTALL_UID       user whose jobs they are
 *   LOOPD_INSTALL_REGISTRY  where packages come from, unless --registry says it
 *   LOOPD_INSTALL_IDLE_MS   milliseconds after which a download that brings nothing is given up
 * They open nothing: the program does what the person who calls it may do, with or without them.
 */

/** Where packages are downloaded from, unless somebody names a mirror. What comes is compared with what was pinned. */
const REGISTRY = "https://registry.npmjs.org";
const IDLE_MS = 30_000;

/** Where loopd is to be installed: for whom, in which home, on what kind of machine. */
export interface InstallPlace {
  platform: Platform;
  /** `arm64`, `x64`. */
  architecture: string;
  /** The person's own folder. */
  person: string;
  /** Folder of this loopd, which exists. */
  home: string;
  /** The home of a person who says nothing; the same from every shell and job. */
  usualHome: string;
  machine: Machine;
  /** Zone of the machine. */
  zone: string;
  /** Where packages that are not here come from, unless somebody says otherwise. */
  registry: string;
  /** Milliseconds after which a download that brings nothing is given up. */
  idleMs: number;
  /** Folder of the bundle that this program is part of. */
  bundle: string;
}

/**
 * The place that an environment asks for.
 * @throws LoopdError `install-failed` on a system that has no keeper of jobs known to us; `home-unusable`.
 */
export function placeOf(environment: NodeJS.ProcessEnv): InstallPlace {
  const platform = environment.LOOPD_INSTALL_PLATFORM ?? process.platform;
  if (platform !== "darwin" && platform !== "linux") {
    const words = `loopd cannot be installed on ${platform}: it knows launchd of macOS and systemd of Linux. Run it by hand: loopd helper start`;
    throw new LoopdError("install-failed", words);
  }
  const person = environment.HOME || homedir();
  const usual =
    platform === "darwin"
      ? join(person, "Library", "Application Support", "loopd")
      : join(person, ".local", "state", "loopd");
  return {
    platform,
    architecture: process.arch,
    person,
    home: prepareHome(homeOf(environment)).folder,
    usualHome: real(usual),
    machine: {
      root: environment.LOOPD_INSTALL_ROOT ?? "/",
      uid: Number(environment.LOOPD_INSTALL_UID ?? process.getuid?.() ?? 0),
      environment,
      pid: process.pid,
    },
    zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    registry: environment.LOOPD_INSTALL_REGISTRY ?? REGISTRY,
    idleMs: Number(environment.LOOPD_INSTALL_IDLE_MS ?? IDLE_MS),
    bundle: fileURLToPath(new URL(".", import.meta.url)).replace(/\/(chunks\/)?$/, ""),
  };
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
