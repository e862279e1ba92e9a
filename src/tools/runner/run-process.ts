import { setTimeout as delay } from "node:timers/promises";
import type { CallContext } from "../../agent/ports.ts";
import { type CrowdLimit, watchCrowd } from "./crowd.ts";
import { Drain, settled } from "./drain.ts";
import { endGroup, endMarked, isGroupAlive, killGroup } from "./end-processes.ts";
import { childEnvironment } from "./environment.ts";
import { processRow } from "./process-table.ts";

/** Time between SIGTERM and SIGKILL: a call that was to end has ended a second later. */
const GRACE_MS = 500;
/** How long the system may take to report the end of a process that was killed. */
const REPORT_MS = 2000;
const MAX_ERROR_BYTES = 16 * 1024;

/** A program to run for one call. */
export interface ProcessRequest extends Pick<CallContext, "callId" | "signal" | "spawned"> {
  file: string;
  args: readonly string[];
  folder: string;
  /** The helper's variables; the child gets an allow-list of them. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Variables of the program's own, whatever the allow-list says. */
  added?: Readonly<Record<string, string>>;
  /** It runs in a PID namespace, which ends at once with the program itself, and may not have too many processes. */
  contained?: CrowdLimit;
  /** What it reads from standard input. Absent: nothing at all. */
  input?: string | Uint8Array;
  /** Gets standard output as it comes; the program waits while this does. */
  onOutput(chunk: Buffer): Promise<void> | void;
}

/** How a program ended. `why` is for people and models. */
export type ProcessEnd =
  | { type: "not-started"; why: string }
  | {
      type: "ended";
      /** Exit code; absent if a signal ended it. */
      code?: number;
      signal?: string;
      /** Whether it was ended because the request's signal fired. */
      isAborted: boolean;
      /** Whether it was ended because it had too many processes. */
      isCrowded: boolean;
      /** Whether processes that it had left in the background were ended. */
      hadBackground: boolean;
      /** Whether something could not be ended and may still run. */
      isLeftRunning: boolean;
      /** The first 16 KiB of standard error. */
      errors: string;
    };

/**
 * Runs a program in a process group of its own, with no secrets. When it ends, or when the signal fires, the
 * whole group is ended, so that nothing outlives the call, and nobody waits for a grandchild that holds the output open.
 * @throws whatever `spawned` or `onOutput` throw, after the group is gone
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessEnd> {
  if (request.signal.aborted) return { type: "not-started", why: "It was stopped before it began." };
  const { execa } = await import("execa");
  const child = execa(request.file, request.args, {
    cwd: request.folder,
    env: { ...childEnvironment(request.environment, request.callId), ...request.added },
    extendEnv: false,
    detached: true,
    cleanup: false,
    ...(request.input === undefined ? { stdin: "ignore" as const } : { input: request.input }),
    stdout: "pipe",
    stderr: "pipe",
    encoding: "buffer",
    buffer: false,
    reject: false,
  });
  const { pid } = child;
  if (pid === undefined) return { type: "not-started", why: (await child).originalMessage ?? "The system refused." };
  // Read at once: on Linux the row is there as long as nobody has waited for the process, however short its life.
  const row = processRow(pid);
  const exited = new Promise<{ code?: number; signal?: string }>((resolve) => {
    child.nodeChildProcess.once("exit", (code, signal) =>
      resolve({ code: code ?? undefined, signal: signal ?? undefined }),
    );
  });
  const stopped = new Promise<"aborted">((resolve) => {
    request.signal.addEventListener("abort", () => resolve("aborted"), { once: true });
    if (request.signal.aborted) resolve("aborted");
  });
  let stopWatch: () => void = () => undefined;
  const failures: unknown[] = [];
  let fail: (cause: unknown) => void = () => undefined;
  const broken = new Promise<"broken">((resolve) => {
    fail = (cause) => {
      failures.push(cause);
      resolve("broken");
    };
  });
  const crowded = new Promise<"crowded">((resolve) => {
    const limit = request.contained;
    if (limit !== undefined) stopWatch = watchCrowd(pid, limit, () => resolve("crowded"));
  });
  const errors = new ErrorText();
  const drains = [
    new Drain(child.stdout, request.onOutput, fail),
    new Drain(child.stderr, (chunk) => errors.add(chunk), fail),
  ];
  const recorded = row.then((known) => request.spawned(pid, known?.startTime ?? "")).catch(fail);

  const first = await Promise.race([exited, stopped, broken, crowded]);
  stopWatch();
  const isStopped = typeof first === "string";
  // Nothing in a namespace outlives its first process, so none could use a grace; looking for them may take long.
  if (isStopped && request.contained !== undefined) killGroup(pid);
  if (!isStopped) await Promise.race([settled(drains), stopped, broken]);
  const wasAlive = await isGroupAlive(pid);
  let isGone = wasAlive ? await endGroup(pid, GRACE_MS) : true;
  // Those that left the group; to look for them takes a program on macOS, which hides most of them anyway.
  const strays = isStopped || process.platform === "linux" ? await endMarked([request.callId]) : [];
  isGone = strays.every((one) => one.isGone) && isGone;
  const end = await Promise.race([exited, delay(REPORT_MS, {}, { ref: false })]);
  await settled(drains);
  await Promise.all(drains.map((drain) => drain.close()));
  await recorded;
  if (failures.length > 0) throw failures[0];
  return {
    type: "ended",
    ...end,
    isAborted: first === "aborted",
    isCrowded: first === "crowded",
    hadBackground: !isStopped && (wasAlive || (request.contained === undefined && strays.length > 0)),
    isLeftRunning: !isGone,
    errors: errors.text(),
  };
}

/** The beginning of standard error. */
class ErrorText {
  readonly #kept: Buffer[] = [];
  #bytes = 0;

  add(chunk: Buffer): void {
    const part = chunk.subarray(0, MAX_ERROR_BYTES - this.#bytes);
    this.#bytes += part.length;
    if (part.length > 0) this.#kept.push(Buffer.from(part));
  }

  text(): string {
    return Buffer.concat(this.#kept).toString("utf8");
  }
}
