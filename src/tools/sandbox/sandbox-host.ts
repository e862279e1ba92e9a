import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endGroup } from "../runner/end-processes.ts";
import { childEnvironment } from "../runner/environment.ts";
import { ownedName, SANDBOX_PREFIX } from "../runner/leftovers.ts";
import type { SandboxRefusal, SandboxReport, SandboxRequest } from "./sandbox.ts";
import type { SandboxAnswer, SandboxOrder } from "./sandbox-process.ts";

/** Where the program can stand: beside this bundle, above its chunks, or as source. */
const PLACES = ["sandbox.mjs", "../sandbox.mjs", "sandbox-process.ts"];
const START_LIMIT_MS = 15_000;
const END_LIMIT_MS = 3_000;
const LAST_WORDS_MS = 500;
/** A corporate proxy that the person's programs go through, so the sandbox's own proxy does too. */
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

/** What a host is started with. */
export interface SandboxHostOptions {
  ripgrep: string;
  /** Mark that its processes carry, so that what an earlier helper left can be ended. */
  mark: string;
  environment: Readonly<Record<string, string | undefined>>;
}

/** A command as the host has wrapped it. */
interface WrappedLine {
  argv: string[];
  /** Frees what the host holds for it. */
  release(): Promise<SandboxReport>;
}

/** The process that holds the sandbox's proxies and makes command lines. */
export interface SandboxHost {
  wrap(request: SandboxRequest): Promise<WrappedLine | SandboxRefusal>;
  /** Resolves when the process is gone, whoever ended it. */
  ended: Promise<void>;
  close(): Promise<void>;
}

/** Starts the process; resolves once it can wrap commands, or with why it cannot. */
export async function startSandboxHost(options: SandboxHostOptions): Promise<SandboxHost | SandboxRefusal> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), ownedName(SANDBOX_PREFIX))));
  const child = startProgram(join(folder, "host"), options);
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint = (complaint + text).slice(-2000)));
  const said = new Promise<void>((resolve) => child.stderr?.once("close", resolve));
  const waiting = new Map<number, (answer: SandboxAnswer) => void>();
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      complaint = error.message;
      resolve();
    });
    child.once("exit", () => resolve());
  }).then(async () => {
    // Its helpers are in its group; a process that was killed could not end them itself.
    if (child.pid !== undefined) await endGroup(child.pid, 0);
    await withinLimit(said, LAST_WORDS_MS);
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    const why = `The sandbox's own process has ended: ${complaint.trim() || "it said nothing"}`;
    for (const [id, answer] of waiting) answer({ type: "refused", id, why });
    waiting.clear();
  });
  const close = async () => {
    if (child.connected) child.disconnect();
    await withinLimit(ended, END_LIMIT_MS);
    child.kill("SIGKILL");
    await ended;
  };

  const first = new Promise<SandboxAnswer>((resolve) => child.once("message", resolve));
  const dead = ended.then((): SandboxAnswer => ({ type: "failed", why: complaint.trim() || "Its process ended." }));
  const late: SandboxAnswer = { type: "failed", why: `It was not ready after ${START_LIMIT_MS / 1000} s.` };
  const start = (await withinLimit(Promise.race([first, dead]), START_LIMIT_MS)) ?? late;
  if (start.type === "failed") {
    await close();
    return { why: start.why };
  }

  child.on("message", (answer: SandboxAnswer) => {
    if (!("id" in answer)) return;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  let lastId = 0;
  const ask = (order: SandboxOrder): Promise<SandboxAnswer> =>
    new Promise((resolve) => {
      waiting.set(order.id, resolve);
      if (child.connected) child.send(order);
      else
        void ended.then(() => resolve({ type: "refused", id: order.id, why: "The sandbox's own process has ended." }));
    });
  const release = async (id: number, temporary: string): Promise<SandboxReport> => {
    const answer = await ask({ type: "release", id });
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    return { refusedHosts: answer.type === "released" ? answer.refusedHosts : [] };
  };
  return {
    ended,
    close,
    async wrap({ command, writable, denyRead, denyWrite = [], domains }) {
      const id = (lastId += 1);
      const temporary = join(folder, `command-${id}`);
      await mkdir(temporary, { mode: 0o700 });
      const paths = { writable, temporary, denyRead: [...denyRead], denyWrite: [...denyWrite] };
      const answer = await ask({ type: "wrap", id, line: command, ...paths, domains: [...domains] });
      if (answer.type === "wrapped") return { argv: answer.argv, release: () => release(id, temporary) };
      await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
      return { why: answer.type === "refused" ? answer.why : "The sandbox's own process did not answer." };
    },
  };
}

function startProgram(folder: string, { ripgrep, mark, environment }: SandboxHostOptions): ChildProcess {
  const places = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const program = places.find((place) => existsSync(place)) ?? "";
  const proxies = PROXY_VARIABLES.flatMap((name) =>
    environment[name] === undefined ? [] : [[name, environment[name]]],
  );
  return spawn(process.execPath, ["--no-warnings", program, folder, ripgrep], {
    cwd: "/",
    env: { ...childEnvironment(environment, mark), ...(Object.fromEntries(proxies) as Record<string, string>) },
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

async function withinLimit<T>(work: Promise<T>, limit: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), limit)));
  const first = await Promise.race([work, late]);
  clearTimeout(timer);
  return first;
}
