import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownedName, SANDBOX_PREFIX } from "../runner/leftovers.ts";
import { runProcess } from "../runner/run-process.ts";
import type { SandboxedCommand, SandboxRefusal, SandboxRequest, SandboxStatus } from "./sandbox.ts";

const LIMIT_MS = 10_000;

/** Leaves with 0 if it can neither write at its argument nor open a Unix socket in a folder where it may write. */
const PROBE = `
  const { createServer } = require("node:net");
  try { require("node:fs").writeFileSync(process.argv[1], ""); process.exit(41); } catch {}
  createServer().once("error", () => process.exit(0)).listen(process.env.TMPDIR + "/s", () => process.exit(42));
`;
const LEAKS: Readonly<Record<number, string>> = {
  41: "It does not keep a command from writing outside its folder.",
  42: "It cannot keep a command from opening Unix sockets, through which other programs would act for it.",
};

/** What a trial needs. */
export interface TrialOptions {
  wrap(request: SandboxRequest): Promise<SandboxedCommand | SandboxRefusal>;
  environment: Readonly<Record<string, string | undefined>>;
  callId: string;
  platform: NodeJS.Platform;
}

/** Runs a small program in the sandbox that tries what it must not be able to do: only a real run tells what holds. */
export async function tryOut({ wrap, environment, callId, platform }: TrialOptions): Promise<SandboxStatus> {
  const folder = await mkdtemp(join(tmpdir(), ownedName(SANDBOX_PREFIX)));
  try {
    const command = `exec '${process.execPath.replaceAll("'", "'\\''")}' -e '${PROBE}' "$PWD/outside"`;
    const wrapped = await wrap({ command, denyRead: [], domains: [] });
    if ("why" in wrapped) return { isUsable: false, why: wrapped.why, mend: await mendOf(platform) };
    const { file, args, environment: added, contained, release } = wrapped;
    const run = runProcess({
      ...{ callId, file, args, folder, environment, added, contained },
      signal: AbortSignal.timeout(LIMIT_MS),
      spawned: async () => {},
      onOutput: () => {},
    });
    const end = await run.finally(release);
    if (end.type === "not-started") return { isUsable: false, why: end.why };
    if (end.code === 0) return { isUsable: true, detail: detailOf(platform) };
    const leak = LEAKS[end.code ?? 0];
    const why = leak ?? (end.errors.trim().slice(0, 500) || `A trial ended with ${end.code ?? end.signal}.`);
    return { isUsable: false, why, mend: leak === undefined ? await mendOf(platform) : undefined };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function detailOf(platform: NodeJS.Platform): string {
  const means = platform === "darwin" ? "sandbox-exec" : "bubblewrap";
  return `${means}: commands write only in the working folder, reach only granted hosts, and open no Unix sockets`;
}

/** Switches by which Linux systems forbid what bubblewrap is made of, with the value that forbids. */
const SWITCHES = [
  { name: "kernel.unprivileged_userns_clone", forbids: "0", allows: "1" },
  { name: "kernel.apparmor_restrict_unprivileged_userns", forbids: "1", allows: "0" },
  { name: "user.max_user_namespaces", forbids: "0", allows: "10000" },
];

async function mendOf(platform: NodeJS.Platform): Promise<string | undefined> {
  if (platform !== "linux") return undefined;
  for (const { name, forbids, allows } of SWITCHES) {
    const value = await readFile(`/proc/sys/${name.replaceAll(".", "/")}`, "utf8").catch(() => "");
    if (value.trim() === forbids) return `sudo sysctl -w ${name}=${allows}`;
  }
  return undefined;
}
