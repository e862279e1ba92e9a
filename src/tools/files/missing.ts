import { lstat, opendir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { nearNames } from "../near-name.ts";
import { visibleName } from "../visible-text.ts";

/** Names of a folder that are looked at for a likely meant one. */
const MAX_NAMES = 5000;

/**
 * Words about a path that does not exist: where it stops existing, and which names there come near, but for those that
 * rules close.
 */
export async function missingWords(path: string, isClosed: (path: string) => boolean): Promise<string> {
  let missing = path;
  while (dirname(missing) !== missing && !(await exists(dirname(missing)))) missing = dirname(missing);
  const folder = dirname(missing);
  const names: string[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      if (!isClosed(join(folder, entry.name)) && names.push(entry.name) >= MAX_NAMES) break;
    }
  } catch {
    return `${visibleName(path)} cannot be looked at: ${visibleName(folder)} may not be read by this user or is no folder.`;
  }
  const near = nearNames(basename(missing), names, 3).map((name) => visibleName(join(folder, name)));
  const hint = near.length > 0 ? `Did you mean ${near.join(" or ")}?` : "See what is there with files_list.";
  return `There is no ${visibleName(path)}. ${hint}`;
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
