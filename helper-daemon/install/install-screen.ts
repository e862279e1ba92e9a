import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { copyProgram, sha256Of } from "../../launchd/copy-program.ts";
import type { InstallPlace } from "./install-place.ts";
import { layoutOf } from "./layout.ts";
import type { StepEnd } from "./steps.ts";

/**
 * Puts the program that looks at the screen at a place that stays the same, since macOS binds its permissions to it.
 * Nothing is signed or changed.
 */
export async function installScreen({ bundle, architecture, home, platform, machine }: InstallPlace): Promise<StepEnd> {
  const to = layoutOf(home).screen;
  const native = join(bundle, "..", "native");
  const name = `loopd-screen-${architecture === "arm64" ? "arm64" : "x86_64"}`;
  // A bundle that was itself installed has none beside it: the program is where it put it.
  if (!existsSync(native) && existsSync(to)) return { state: "skipped", detail: `${to} is there.` };
  const from = join(native, name);
  const failed = (why: string): StepEnd => ({
    state: "failed",
    code: "install-failed",
    words: `${from} cannot be installed: ${why}. The helper that runs was left as it is.`,
    mend: "install loopd again, then: loopd helper install",
  });
  const sums = await readFile(join(native, "SHA256SUMS"), "utf8").catch(() => "");
  const meant = sums
    .split("\n")
    .find((line) => line.endsWith(`  ${name}`))
    ?.split(" ")[0];
  if (meant === undefined) return failed("SHA256SUMS beside it does not name it");
  if ((await sha256Of(to).catch(() => "")) === meant) return { state: "skipped", detail: `${to} is there.` };
  if ((await sha256Of(from).catch(() => "")) !== meant) return failed("it is not the one that was built");
  const copied = await copyProgram({ from, to, platform }, () => Promise.resolve(undefined), machine);
  return copied.type === "failed" ? failed(copied.why) : { state: "done", detail: `${to} copied.` };
}
