import { ripgrepPath } from "../files/ripgrep.ts";
import { findProgram } from "../runner/find-program.ts";

/** Debian's packages by the programs that the sandbox needs on Linux. */
const LINUX_PROGRAMS = { bwrap: "bubblewrap", socat: "socat" };

/** What the sandbox is made of, or what is missing and how to get it. */
export type Requirements = { ripgrep: string } | { why: string; mend?: string };

/** Looks for the programs that a sandbox needs on this platform. */
export async function requirements(options: {
  platform: NodeJS.Platform;
  environment: Readonly<Record<string, string | undefined>>;
}): Promise<Requirements> {
  const { platform, environment } = options;
  if (platform !== "linux" && platform !== "darwin") return { why: `There is no sandbox for ${platform} yet.` };
  const ripgrep = await ripgrepPath(environment);
  if (platform === "darwin") return { ripgrep: ripgrep ?? "rg" };
  const missing: string[] = ripgrep === undefined ? ["ripgrep"] : [];
  for (const [program, name] of Object.entries(LINUX_PROGRAMS)) {
    if ((await findProgram(program, environment)) === undefined) missing.push(name);
  }
  if (ripgrep !== undefined && missing.length === 0) return { ripgrep };
  return { why: `Not installed: ${missing.join(", ")}.`, mend: `sudo apt install ${missing.join(" ")}` };
}
