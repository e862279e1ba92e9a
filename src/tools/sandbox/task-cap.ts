import { mkdir, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { leftovers, ownedName } from "../runner/leftovers.ts";

const PREFIX = "loopd-";
/** Where control groups of both versions are mounted. */
const MOUNTS = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"];
const JOIN = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
const RELEASE_TRIES = 20;
const RELEASE_PAUSE_MS = 50;

/** A bound on the processes and threads of one command. */
export interface TaskCap {
  /** The program that runs another one under the bound. */
  around(file: string, args: readonly string[]): { file: string; args: readonly string[] };
  /** A file that holds how many there are. */
  countFile: string;
  release(): Promise<void>;
}

let made = 0;

/**
 * A bound that holds for root, whom no resource limit of the kernel binds: a control group. Undefined for anybody else,
 * who is bound by `ulimit`, and where no group can be made, as in a container that is not allowed to.
 */
export async function createTaskCap(most: number): Promise<TaskCap | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const folder = await makeGroup(most);
  if (folder === undefined) return undefined;
  return {
    countFile: join(folder, "pids.current"),
    around: (file, args) => ({ file: "/bin/sh", args: ["-c", JOIN, folder, file, ...args] }),
    async release() {
      for (let tries = 0; tries < RELEASE_TRIES; tries += 1) {
        const isGone = await rmdir(folder).then(
          () => true,
          (error: NodeJS.ErrnoException) => error.code !== "EBUSY",
        );
        if (isGone) return;
        await delay(RELEASE_PAUSE_MS);
      }
    },
  };
}

async function makeGroup(most: number): Promise<string | undefined> {
  for (const mount of MOUNTS) {
    for (const old of await leftovers(mount, PREFIX)) await rmdir(old).catch(() => undefined);
    const folder = join(mount, `${ownedName(PREFIX)}${(made += 1)}`);
    try {
      await mkdir(folder);
    } catch {
      continue;
    }
    try {
      await stat(join(folder, "pids.max"));
      await writeFile(join(folder, "pids.max"), String(most));
      return folder;
    } catch {
      await rmdir(folder).catch(() => undefined);
    }
  }
  return undefined;
}
