import { rm } from "node:fs/promises";
import { join } from "node:path";
import { LoopdError } from "../src/protocol/errors.ts";
import { copyProgram, sha256Of } from "./copy-program.ts";
import { downloadNode, type NodeRelease } from "./download-node.ts";
import type { Platform } from "./install-plan.ts";
import type { Machine } from "./machine.ts";
import { askNode, isAtLeast, OLDEST_NODE } from "./node-version.ts";

/** A Node that may be there. */
interface NodeCandidate {
  path: string;
  /** Whose it is, for a person: `Raycast's`, `the one on your PATH`. */
  whose: string;
}

export interface InstallNodeOptions {
  platform: Platform;
  home: string;
  /** In the order of preference: Raycast's own (`process.execPath`), then the person's. */
  candidates: readonly NodeCandidate[];
  /** What to download if none of them will do (`pinnedNode`). */
  release: NodeRelease | undefined;
  signal: AbortSignal;
}

/** The Node in a home. */
export interface InstalledNode {
  /** The same for every version, so that no file of launchd's changes with it. */
  path: string;
  version: string;
  sha256: string;
  /** Whose it was, or where it came from. */
  source: string;
  /** Whether it differs from what was there: the helper has to be restarted to run on it. */
  isNew: boolean;
}

/**
 * Puts a Node of loopd's own into the home: a copy of the first candidate that is new enough and runs from there, else the
 * pinned release. So an update of Raycast, or a person who removes theirs, takes nothing away from the helper. One that is
 * there already and not older stays: faces with different Nodes would otherwise take turns at replacing it.
 * @throws LoopdError `node-missing` that says of each what is wrong with it.
 */
export async function installNode(options: InstallNodeOptions, machine: Machine): Promise<InstalledNode> {
  const { home, platform, candidates, release, signal } = options;
  const to = join(home, "bin", "node");
  const present = await askNode(to);
  const reasons: string[] = [];
  const take = async (from: string, source: string): Promise<InstalledNode | undefined> => {
    const asked = await askNode(from);
    if (asked.type === "useless") {
      reasons.push(`${source} (${from}): ${asked.why}`);
      return undefined;
    }
    const works = async (path: string) => {
      const answer = await askNode(path);
      if (answer.type === "useless") return answer.why;
      return answer.version === asked.version ? undefined : `it says that it is ${answer.version}`;
    };
    if (present.type === "usable" && isAtLeast(present.version, asked.version)) {
      return { path: to, version: present.version, sha256: await sha256Of(to), source: "the home", isNew: false };
    }
    const copied = await copyProgram({ from, to, platform }, works, machine);
    if (copied.type === "failed") {
      reasons.push(`${source} (${from}): ${copied.why}`);
      return undefined;
    }
    return { path: to, version: asked.version, sha256: copied.sha256, source, isNew: true };
  };

  for (const { path, whose } of candidates) {
    const installed = await take(path, whose);
    if (installed !== undefined) return installed;
  }
  const folder = join(home, "bin", "download");
  try {
    const downloaded = release && (await downloadNode(release, folder, machine, signal));
    if (downloaded?.type === "downloaded") {
      const installed = await take(downloaded.path, `Node.js ${release?.version} from nodejs.org`);
      if (installed !== undefined) return installed;
    } else if (downloaded !== undefined) reasons.push(downloaded.why);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const tried = reasons.length === 0 ? "there was none to try" : reasons.join("; ");
  throw new LoopdError(
    "node-missing",
    `No Node on this machine will do for the helper: ${tried}. Install Node ${OLDEST_NODE} or newer from https://nodejs.org, then: loopd helper install`,
  );
}
