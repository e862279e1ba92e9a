import type { Trigger } from "../src/protocol/routine.ts";
import type { JobRole } from "./job.ts";

/** Systems that can keep a helper alive for us. */
export type Platform = "darwin" | "linux";

/** What `planInstall` needs to know. It reads nothing else: no file, no clock, no environment of its own. */
export interface InstallWish {
  platform: Platform;
  /** The person's own folder, where the system looks for jobs. */
  person: string;
  /** Folder of this loopd, which exists. */
  home: string;
  /** The home that a person has who says nothing: its jobs have the plain names. */
  usualHome: string;
  /** Absolute path of the Node that runs the jobs (`installNode`). */
  node: string;
  /** Arguments of Node that run the helper: flags, then `helper.mjs`. */
  helper: readonly string[];
  /** Arguments of Node that ask the helper to look at the clock, and start it if it is down. */
  tick: readonly string[];
  /** Names what will run: the version, and a hash of helper and Node. Another one means a restart. */
  version: string;
  /**
   * Where PATH, language and certificates come from. To upgrade, pass `readInstalled(home).environment`, so that a shell
   * with another PATH changes nothing.
   */
  environment: Readonly<Record<string, string | undefined>>;
  /** Zone of the machine. */
  zone: string;
  /** Triggers of the enabled routines. */
  triggers: readonly Trigger[];
}

/** A file, whole, as it must be. */
export interface WantedFile {
  path: string;
  text: string;
  mode: number;
}

/** A job that must be there. */
export interface WantedJob {
  role: JobRole;
  label: string;
  /** What launchctl or systemctl calls it. */
  unit: string;
  /** The first is the one that is loaded. */
  files: readonly [WantedFile, ...WantedFile[]];
}

/** A job that must not be there. */
export interface UnwantedJob {
  label: string;
  unit: string;
  paths: readonly string[];
}

/** What must be on the machine, and nothing about how to get there. */
export interface InstallPlan {
  platform: Platform;
  home: string;
  version: string;
  /** What the jobs are told of the environment. */
  environment: Readonly<Record<string, string>>;
  wanted: readonly WantedJob[];
  unwanted: readonly UnwantedJob[];
}
