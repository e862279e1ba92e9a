import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pinnedNode } from "../../launchd/download-node.ts";
import { type InstalledNode, installNode } from "../../launchd/install-node.ts";
import type { InstallPlace } from "./install-place.ts";
import { layoutOf } from "./layout.ts";

/** A Node of loopd's own: a copy of the one that runs this, else of the person's, else the pinned release. */
export async function installOwnNode(place: InstallPlace, signal: AbortSignal): Promise<InstalledNode> {
  const folders = (place.machine.environment.PATH ?? "").split(":").filter((folder) => folder.startsWith("/"));
  const persons = folders
    .map((folder) => ({ path: join(folder, "node"), whose: "the one on your PATH" }))
    .filter(({ path }) => existsSync(path));
  const candidates = [{ path: process.execPath, whose: "the one that runs this" }, ...persons];
  const release = pinnedNode(process.platform, process.arch);
  return installNode({ ...place, candidates, release, signal }, place.machine);
}

/** Removes copies of programs that were cut short. */
export async function removeUnfinishedPrograms(home: string): Promise<void> {
  const folder = dirname(layoutOf(home).node);
  for (const name of await readdir(folder).catch(() => [])) {
    if (/^(node|loopd-screen)\.[0-9a-f]{8}$|^download$/.test(name))
      await rm(join(folder, name), { recursive: true, force: true });
  }
}
