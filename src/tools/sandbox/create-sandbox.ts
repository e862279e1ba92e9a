import { innerEnvironment, innerLine, MAX_TASKS } from "./inner-line.ts";
import { createLazyHost } from "./lazy-host.ts";
import { requirements } from "./requirements.ts";
import type { Sandbox, SandboxedCommand, SandboxRefusal, SandboxRequest, SandboxStatus } from "./sandbox.ts";
import { startSandboxHost } from "./sandbox-host.ts";
import { createTaskCap } from "./task-cap.ts";
import { tryOut } from "./try-out.ts";

/** What the sandbox follows. */
export interface SandboxOptions {
  /** `sandbox` of the configuration, asked each time. */
  settings: () => { mode: "auto" | "off"; domains: readonly string[] };
  platform: NodeJS.Platform;
  /** Variables of the helper. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Mark (`LOOPD_CALL`) that the sandbox's own processes carry. */
  mark: string;
}

/** So many processes and threads are a fork bomb. A little fewer than the kernel lets it have, so that it is noticed. */
const CROWD = 1000;
const ANSWER_LASTS_MS = 60_000;
const SWITCHED_OFF: SandboxStatus = {
  isUsable: false,
  why: 'It is switched off in config.json ("sandbox": {"mode": "off"}).',
  mend: 'set "mode": "auto" there',
};

const failed = (thrown: unknown): SandboxStatus => ({
  isUsable: false,
  why: `It could not be tried: ${String(thrown)}`,
});

/** What to add where a command of root's may start any number of processes. */
async function unbounded(): Promise<string> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "";
  const cap = await createTaskCap(MAX_TASKS);
  await cap?.release();
  if (cap !== undefined) return "";
  return "; since loopd runs as root and may make no control groups, nothing bounds how many processes they start";
}

/** The sandbox of this machine. Nothing is started before it is first asked for its status or a command. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { settings, platform, environment, mark } = options;
  let known: { at: number; status: Promise<SandboxStatus> } | undefined;
  const host = createLazyHost(async () => {
    const needed = await requirements(options);
    return "why" in needed ? needed : startSandboxHost({ environment, mark, ripgrep: needed.ripgrep });
  });

  const wrap = async (request: SandboxRequest): Promise<SandboxedCommand | SandboxRefusal> => {
    const domains = [...new Set([...settings().domains, ...request.domains])];
    const current = await host.take().catch((thrown: unknown) => ({ why: String(thrown) }));
    const line = innerLine({ domains });
    const wrapped = "why" in current ? current : await current.wrap({ ...request, command: line, domains });
    if ("why" in wrapped) {
      host.done();
      return wrapped;
    }
    const [file = "", ...args] = wrapped.argv;
    const cap = await createTaskCap(MAX_TASKS);
    const release = async () => {
      await cap?.release();
      return wrapped.release().finally(() => host.done());
    };
    const contained = { most: CROWD, countFile: cap?.countFile };
    return {
      ...(cap?.around(file, args) ?? { file, args }),
      environment: innerEnvironment(request),
      contained,
      release,
    };
  };
  const examine = async (): Promise<SandboxStatus> => {
    const needed = await requirements(options);
    if ("why" in needed) return { isUsable: false, ...needed };
    const status = await tryOut({ wrap, environment, callId: `${mark}.trial`, platform });
    return status.isUsable ? { ...status, detail: `${status.detail}${await unbounded()}` } : status;
  };
  return {
    status() {
      if (settings().mode === "off") return Promise.resolve(SWITCHED_OFF);
      const now = performance.now();
      if (known === undefined || now - known.at > ANSWER_LASTS_MS) known = { at: now, status: examine().catch(failed) };
      return known.status;
    },
    domains: () => settings().domains,
    wrap,
    close: () => host.close(),
  };
}
