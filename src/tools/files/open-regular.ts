import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { grouped } from "../cut-output.ts";
import { visibleName } from "../visible-text.ts";
import { missingWords } from "./missing.ts";

/** A regular file ready to be read, or words about why it cannot be. Whoever gets a handle closes it. */
type Opened =
  | { type: "opened"; handle: FileHandle; size: number; /** As it was opened. */ stats: BigIntStats }
  | { type: "refused"; why: string };

const refused = (why: string): Opened => ({ type: "refused", why });

/** What a path is if it is no regular file. */
function kindOf(stats: BigIntStats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return "is a folder. List it with files_list";
  if (stats.isFIFO()) return "is a named pipe, and reading it could wait for ever";
  if (stats.isSocket()) return "is a socket, not a file";
  if (stats.isSymbolicLink()) return "is a link that leads nowhere";
  return "is a device, not a file";
}

/**
 * Opens a regular file by its real path for reading. Never waits (pipes, devices) and never follows a link: the file that
 * was opened is the one at this path, or it is refused. `isClosed`: what not to name beside a path that does not exist.
 */
export async function openRegular(path: string, isClosed: (path: string) => boolean): Promise<Opened> {
  const stats = await lstat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => error.code ?? "unknown");
  if (stats === "ENOENT" || stats === "ENOTDIR") return refused(await missingWords(path, isClosed));
  if (typeof stats === "string") return refused(`${visibleName(path)} cannot be looked at (${stats}).`);
  const kind = kindOf(stats);
  if (kind !== undefined) return refused(`${visibleName(path)} ${kind}.`);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const [opened, real] = await Promise.all([handle.stat({ bigint: true }), realpath(path)]);
    if (opened.isFile() && opened.ino === stats.ino && opened.dev === stats.dev && real === path) {
      return { type: "opened", handle, size: Number(opened.size), stats: opened };
    }
    await handle.close();
    return refused(`${visibleName(path)} was replaced while it was being opened. Call again.`);
  } catch (error) {
    await handle?.close().catch(() => undefined);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EACCES" || code === "EPERM")
      return refused(`${visibleName(path)} may not be read by this user (${code}).`);
    return refused(
      `${visibleName(path)} (${grouped(Number(stats.size))} bytes) cannot be opened: ${(error as Error).message}.`,
    );
  }
}
