import { stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "../../src/protocol/requests.ts";
import { diskUse } from "../disk-use.ts";
import type { Home } from "../home.ts";
import { checkDatabase } from "../store/check-database.ts";

const MEGABYTE = 1024 * 1024;
const LEAST_FREE = 100 * MEGABYTE;
const LITTLE_FREE = 1024 * MEGABYTE;

/** Who can read what is in the home. */
export async function homeCheck({ folder, token }: Home): Promise<Check> {
  const name = "home";
  const secret = [join(folder, "secrets.json"), token];
  const open = [
    ...((await isOpenToOthers(folder)) ? [`chmod 700 '${folder}'`] : []),
    ...(await openOnes(secret)).map((path) => `chmod 600 '${path}'`),
  ];
  if (open.length === 0) return { name, state: "ok", detail: `${folder}, for your eyes alone` };
  const detail = `Other users of this machine can look into ${folder}.`;
  return { name, state: "failed", detail, mend: open.join(" && ") };
}

/** Room for the trace, which must be able to grow. */
export async function diskCheck(home: Home): Promise<Check> {
  const name = "disk";
  const { folder } = home;
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const { database, blobs, logs, copies } = await diskUse(home, 0);
  const used = megabytes(database + blobs + logs + copies);
  const detail = `${megabytes(free)} MB free where loopd keeps its state, which takes ${used} MB`;
  if (free >= LITTLE_FREE) return { name, state: "ok", detail };
  return {
    name,
    state: free < LEAST_FREE ? "failed" : "warning",
    detail,
    mend: `free some space (df -h '${folder}'), or delete old sessions: loopd sessions delete`,
  };
}

function megabytes(bytes: number): string {
  return Math.floor(bytes / MEGABYTE).toLocaleString("en-US");
}

/** Whether the trace can be read. */
export async function databaseCheck({ database, folder }: Home): Promise<Check> {
  const name = "database";
  const verdict = await checkDatabase(database);
  if (verdict.type === "sound") return { name, state: "ok", detail: `${database} is sound` };
  if (verdict.type === "too-large") {
    const detail = `${database} is too large to be looked through in 10 s; what was read is sound.`;
    return { name, state: "warning", detail, mend: `sqlite3 '${database}' 'PRAGMA quick_check'` };
  }
  const mend = `loopd helper stop && mv '${folder}' '${folder}.damaged'   # begins anew; copy back what is needed`;
  return { name, state: "failed", detail: `${database} is damaged: ${verdict.why}`, mend };
}

async function openOnes(paths: readonly string[]): Promise<string[]> {
  const flags = await Promise.all(paths.map(isOpenToOthers));
  return paths.filter((_, index) => flags[index]);
}

async function isOpenToOthers(path: string): Promise<boolean> {
  return stat(path).then(
    ({ mode }) => (mode & 0o077) !== 0,
    () => false,
  );
}
