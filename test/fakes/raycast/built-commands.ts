import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A folder with the commands as `ray build` makes them from the sources of this moment. */
export interface Built {
  dist: string;
  remove(): void;
}

/**
 * Runs `ray build` into a folder of its own. Types are left to `npm run raycast:build` and `npm run check`: a test needs
 * the bundle only, which takes half a second.
 */
export function buildCommands(): Built {
  const folder = mkdtempSync(join(tmpdir(), "loopd-raycast-"));
  const dist = join(folder, "dist");
  const ray = join(root, "node_modules", ".bin", "ray");
  const built = spawnSync(process.execPath, [ray, "build", "-I", "-e", "dist", "-o", dist, "--skip-types"], {
    cwd: root,
    encoding: "utf8",
  });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  if (built.status === 0) return { dist, remove };
  remove();
  throw new Error(`ray build failed (${built.status}):\n${built.stdout}\n${built.stderr}`);
}
