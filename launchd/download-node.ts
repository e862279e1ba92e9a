import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sha256Of } from "./copy-program.ts";
import { download, type DownloadLimits } from "./download.ts";
import { type Machine, runSystemProgram } from "./machine.ts";

/** A release of Node, packed, and what it must be. */
export interface NodeRelease {
  /** `darwin-arm64` and the like. */
  target: string;
  version: string;
  url: string;
  sha256: string;
}

const VERSION = "22.23.2";

/** SHA-256 of the `.tar.gz` of each target, as in the release's SHASUMS256.txt. */
const SHA256: Readonly<Record<string, string>> = {
  "darwin-arm64": "61130f394c1630d211dd50aecc4353d379480f36d3ac913cd85dbba1aed585c6",
  "darwin-x64": "58e99022c2ff89395576cc7fd4d98cea24bb68081475d5f88b801ee8729fb026",
  "linux-arm64": "013b59cfd2819703a6f4a14ab891fc46fc2a4e3f5bcd92de3fb4929b43e35b30",
  "linux-x64": "b294a556e639d64338823920e5866c21c02741742d2e1529ee1a225c1ec9252a",
};

/** The one release that is downloaded where no Node on the machine will do; undefined for machines without one. */
export function pinnedNode(platform: string, architecture: string): NodeRelease | undefined {
  const target = `${platform}-${architecture}`;
  const sha256 = SHA256[target];
  const url = `https://nodejs.org/dist/v${VERSION}/node-v${VERSION}-${target}.tar.gz`;
  return sha256 === undefined ? undefined : { target, version: VERSION, url, sha256 };
}

/** The unpacked program, or why there is none. */
export type Downloaded = { type: "downloaded"; path: string } | { type: "failed"; why: string };

const LIMITS: DownloadLimits = { bytes: 200 * 1024 * 1024, milliseconds: 15 * 60_000 };

/**
 * Downloads a release into a folder and takes the program out of it, if it is byte for byte the one that was pinned;
 * nothing of another one is unpacked.
 */
export async function downloadNode(
  release: NodeRelease,
  folder: string,
  machine: Machine,
  signal: AbortSignal,
): Promise<Downloaded> {
  const packed = join(folder, `node-${release.target}.tar.gz`);
  const inside = `node-v${release.version}-${release.target}/bin/node`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await download(release.url, packed, LIMITS, machine, signal);
    const sha256 = await sha256Of(packed);
    if (sha256 !== release.sha256) return failed(release, `its SHA-256 is ${sha256} instead of ${release.sha256}`);
    const { code, err } = await runSystemProgram(machine, "/usr/bin/tar", [
      "-xzf",
      packed,
      "-C",
      dirname(packed),
      inside,
    ]);
    if (code !== 0) return failed(release, `tar ended with ${code}: ${err.trim()}`);
    return { type: "downloaded", path: join(folder, inside) };
  } catch (error) {
    return failed(release, error instanceof Error ? error.message : String(error));
  } finally {
    await rm(packed, { force: true });
  }
}

function failed({ url }: NodeRelease, why: string): Downloaded {
  return { type: "failed", why: `${url}: ${why}` };
}
