import { setTimeout as delay } from "node:timers/promises";
import { endGroup } from "./end-processes.ts";
import { childEnvironment } from "./environment.ts";
import { processRow } from "./process-table.ts";
import type { ProcessRequest } from "./run-process.ts";

/** A program that has not ended by then is taken for one that stays, such as a browser that its opener waits for. */
const SETTLE_MS = 5000;
const GRACE_MS = 500;

/** What became of a program that may stay. `why` is for people and models. */
export type ProgramStart =
  | { type: "not-started"; why: string }
  /** It has ended; what it started may go on. Exit code absent: a signal ended it. */
  | { type: "ended"; code?: number }
  /** It goes on. */
  | { type: "running" }
  /** The request's signal fired first, and it was ended. */
  | { type: "aborted" };

/**
 * Starts a program that is meant to outlive the call, or to leave something behind that does: an application, the holder of
 * a clipboard. It gets a group of its own, no output that somebody would have to read, and no mark of the call, so that
 * neither the end of the call nor that of the helper ends it.
 * @throws whatever `spawned` throws, after the program is gone
 */
export async function startProgram(request: Omit<ProcessRequest, "onOutput" | "contained">): Promise<ProgramStart> {
  const { signal, input } = request;
  if (signal.aborted) return { type: "aborted" };
  const { execa } = await import("execa");
  const child = execa(request.file, request.args, {
    cwd: request.folder,
    env: { ...childEnvironment(request.environment, undefined), ...request.added },
    extendEnv: false,
    detached: true,
    cleanup: false,
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
    stdout: "ignore",
    stderr: "ignore",
    buffer: false,
    reject: false,
  });
  const { pid } = child;
  if (pid === undefined) return { type: "not-started", why: (await child).originalMessage ?? "The system refused." };
  const row = processRow(pid);
  const ended = new Promise<ProgramStart>((resolve) => {
    child.nodeChildProcess.once("exit", (code) => resolve({ type: "ended", code: code ?? undefined }));
  });
  const stopped = new Promise<ProgramStart>((resolve) => {
    signal.addEventListener("abort", () => resolve({ type: "aborted" }), { once: true });
  });
  try {
    await request.spawned(pid, (await row)?.startTime ?? "");
  } catch (cause) {
    await endGroup(pid, GRACE_MS);
    throw cause;
  }
  const settle = new AbortController();
  const settled = delay<ProgramStart>(SETTLE_MS, { type: "running" }, { signal: settle.signal });
  const first = await Promise.race([ended, stopped, settled]);
  settle.abort();
  if (first.type === "aborted") await endGroup(pid, GRACE_MS);
  child.nodeChildProcess.unref();
  return first;
}
