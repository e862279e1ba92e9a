import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { socketPathOf } from "../src/protocol/connect.ts";
import { LoopdError } from "../src/protocol/errors.ts";

/** Paths inside a loopd home. */
export interface Home {
  folder: string;
  database: string;
  lock: string;
  blobs: string;
  logs: string;
  /** Long-lived notes. */
  memory: string;
  /** Key of the vault. */
  vaultKey: string;
  socket: string;
  /** File that holds the secret of this home. */
  token: string;
}

/**
 * Makes the folders of a home, readable by their owner alone.
 * @throws LoopdError `home-unusable`, `home-path-too-long`.
 */
export function prepareHome(folder: string): Home {
  socketPathOf(folder);
  try {
    for (const path of [folder, join(folder, "run"), join(folder, "blobs"), join(folder, "logs")]) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      chmodSync(path, 0o700);
    }
    const real = realpathSync(folder);
    return {
      folder: real,
      database: join(real, "loopd.db"),
      lock: join(real, "lock.db"),
      blobs: join(real, "blobs"),
      logs: join(real, "logs"),
      memory: join(real, "memory"),
      vaultKey: join(real, "vault.key"),
      socket: socketPathOf(folder),
      token: join(real, "run", "token"),
    };
  } catch (cause) {
    if (!(cause instanceof Error && "errno" in cause)) throw cause;
    const why = cause.message;
    const message = `loopd cannot use ${folder} as its home: ${why}. Make it a writable folder, or set LOOPD_HOME to another one.`;
    throw new LoopdError("home-unusable", message, { cause });
  }
}

/**
 * The secret that proves a client may read this home. Made once; deleting the file makes a new one at the next start.
 * Only the helper that holds the home may call it: of several that start at once, each would make its own.
 */
export function tokenOf({ token: file }: Home): string {
  const known = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  if (/^[0-9a-f]{64}$/.test(known)) return known;
  const token = randomBytes(32).toString("hex");
  writeFileAtomic.sync(file, `${token}\n`, { mode: 0o600 });
  return token;
}

/** The home that an environment asks for: `LOOPD_HOME`, else the platform's own place for state. */
export function homeOf(environment: NodeJS.ProcessEnv): string {
  if (environment.LOOPD_HOME) return resolve(environment.LOOPD_HOME);
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "loopd");
  return join(environment.XDG_STATE_HOME || join(homedir(), ".local", "state"), "loopd");
}
