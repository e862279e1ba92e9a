import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Millis } from "../protocol/values.ts";
import { Problem } from "./problem.ts";
import { type LineReader, readLines } from "./read-lines.ts";
import { closed, perhapsDone, restarted, resting, stopped, tooLate, unreadable, fell } from "./request-ends.ts";
import { screenLineSchema } from "./requests.ts";
import type { ScreenProgram } from "./screen-program.ts";

/** How one request is asked. */
export interface Asking {
  /** How long it may take once the process has it; then the process is killed. */
  limitMs: Millis;
  signal?: AbortSignal;
  /** The process that the request's elements are from (`Reply.generation`): with another one it is refused as `gone`. */
  generation?: number;
}

/** An answer as the process gave it, not yet checked, and which process that was. */
export interface Reply {
  answer: unknown;
  generation: number;
}

/** How the process is. `unavailable`: it ended too often, or cannot be started; it is tried again later. */
export interface ScreenHealth {
  state: "not-started" | "running" | "unavailable";
  pid?: number;
  /** Times that it was started since the helper runs. */
  starts: number;
  /** Why it last ended, if nobody asked it to. */
  lastEnd?: string;
}

/**
 * The process that looks at the screen and operates it: alone starts, kills and restarts it. It is started at the first
 * request, asked one thing at a time, killed when it does not answer in time, and closed when nobody asked for a while. None of
 * its ends reaches the helper: they are problems. Nothing here throws.
 */
export interface ScreenClient {
  /** @param request one of the requests that the program knows, without an id. */
  ask(request: { do: string }, asking: Asking): Promise<Reply | Problem>;
  health(): ScreenHealth;
  close(): Promise<void>;
}

/** What supervises it. */
export interface ScreenClientOptions {
  program: ScreenProgram;
  /** How long it is kept without a request. */
  idleMs: Millis;
  /** Milliseconds of a clock that only goes forward. */
  now(): Millis;
}

interface Running {
  child: ChildProcessWithoutNullStreams;
  generation: number;
  ended: Promise<void>;
  lines: LineReader;
}

interface Waiting {
  request: { do: string };
  asking: Asking;
  settle(reply: Reply | Problem): void;
  isOver: boolean;
}

/** Starts that follow an end which nobody asked for, within a minute. */
const MAX_RESTARTS = 3;
const MINUTE: Millis = 60_000;
const LAST_WORDS = 2_000;

/** A client of a program; nothing is started yet. */
export function createScreenClient({ program, idleMs, now }: ScreenClientOptions): ScreenClient {
  const queue: Waiting[] = [];
  let running: Running | undefined;
  let starts = 0;
  let lastId = 0;
  let failures: Millis[] = [];
  let lastEnd: string | undefined;
  let isBusy = false;
  let isClosed = false;
  let idle: NodeJS.Timeout | undefined;

  const recentFailures = () => (failures = failures.filter((at) => now() - at < MINUTE)).length;

  const noteFailure = (why: string) => {
    failures.push(now());
    lastEnd = why;
  };

  const start = (): Running => {
    const { command, args, environment } = program;
    const child = spawn(command, [...args], { env: environment, stdio: "pipe", detached: false });
    starts += 1;
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint = (complaint + text).slice(-LAST_WORDS)));
    // A process that is gone already says so by its end; its closed input needs no second report.
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.on("error", () => {});
    const self: Running = { child, generation: starts, lines: readLines(child.stdout), ended: Promise.resolve() };
    self.ended = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code, signal) =>
        resolve(complaint.trim().split("\n").at(-1) || `it ended with ${signal ?? code}`),
      );
    }).then((why) => {
      if (running !== self) return;
      running = undefined;
      noteFailure(why);
    });
    return self;
  };

  /** Ends a process; what it still says concerns nobody. */
  const drop = (process: Running) => {
    if (running === process) running = undefined;
    process.child.kill("SIGKILL");
  };

  const exchange = async (waiting: Waiting): Promise<Reply | Problem> => {
    const { request, asking } = waiting;
    if (running === undefined && recentFailures() > MAX_RESTARTS) return resting(MAX_RESTARTS + 1, lastEnd);
    const process = (running ??= start());
    const { generation } = process;
    if (asking.generation !== undefined && asking.generation !== generation) return restarted();
    const id = ++lastId;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), asking.limitMs);
    const cancelled = () => late.abort();
    // What is being done to a window is not cut in two: the caller is told at once, the process finishes by its limit.
    if (request.do !== "act") asking.signal?.addEventListener("abort", cancelled, { once: true });
    process.child.stdin.write(`${JSON.stringify({ ...request, id })}\n`);
    const line = await process.lines.next(late.signal);
    clearTimeout(timer);
    asking.signal?.removeEventListener("abort", cancelled);
    if (line.type === "late") {
      drop(process);
      if (asking.signal?.aborted === true && request.do !== "act") return stopped();
      noteFailure(`it did not answer within ${asking.limitMs} ms`);
      return tooLate(asking.limitMs, request.do);
    }
    if (line.type === "ended") {
      await process.ended;
      return fell(lastEnd);
    }
    const parsed = line.type === "line" ? screenLineSchema.safeParse(parseJson(line.text)) : undefined;
    if (parsed?.success !== true || parsed.data.id !== id) {
      drop(process);
      noteFailure("its answer was unreadable");
      return unreadable();
    }
    const { error, ok } = parsed.data;
    return error === undefined ? { answer: ok, generation } : new Problem(error.code, error.message, error.choices);
  };

  const serve = async () => {
    if (isBusy) return;
    isBusy = true;
    clearTimeout(idle);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (!next.isOver) next.settle(isClosed ? closed() : await exchange(next));
    }
    isBusy = false;
    idle = setTimeout(() => void rest(), idleMs).unref();
  };

  /** Lets the process go; the next request starts another one. */
  const rest = async () => {
    const process = running;
    if (process === undefined || isBusy) return;
    running = undefined;
    process.child.kill("SIGKILL");
    await process.ended;
  };

  return {
    ask: (request, asking) =>
      new Promise((resolve) => {
        if (asking.signal?.aborted === true) return resolve(stopped());
        if (isClosed) return resolve(closed());
        const cancel = () => waiting.settle(request.do === "act" ? perhapsDone() : stopped());
        const waiting: Waiting = {
          request,
          asking,
          isOver: false,
          settle: (reply) => {
            if (waiting.isOver) return;
            waiting.isOver = true;
            asking.signal?.removeEventListener("abort", cancel);
            resolve(reply);
          },
        };
        asking.signal?.addEventListener("abort", cancel, { once: true });
        queue.push(waiting);
        void serve();
      }),
    health: () => {
      const ended = lastEnd === undefined ? {} : { lastEnd };
      if (running?.child.pid !== undefined) return { state: "running", pid: running.child.pid, starts, ...ended };
      return { state: recentFailures() > MAX_RESTARTS ? "unavailable" : "not-started", starts, ...ended };
    },
    close: async () => {
      isClosed = true;
      clearTimeout(idle);
      const process = running;
      running = undefined;
      process?.child.kill("SIGKILL");
      await process?.ended;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
