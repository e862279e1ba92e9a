import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { LoopdError } from "../../protocol/errors.ts";
import { Drain, settled } from "../runner/drain.ts";
import { childEnvironment } from "../runner/environment.ts";
import { endServerProcesses } from "./end-server.ts";
import type { StdioLaunch } from "./launch.ts";
import { LineReader, type LongLine } from "./line-reader.ts";
import { Allowance, BURST_BYTES, MAX_MESSAGE_BYTES } from "./message-limits.ts";
import { parseMessages } from "./parse-messages.ts";
import type { ServerLog } from "./server-log.ts";

const MAX_ERROR_LINE_BYTES = 4096;
/** Bytes that may wait for a server that does not read its input. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

/** What a server's process needs besides its command. */
export interface StdioOptions {
  launch: StdioLaunch;
  /** Value of `LOOPD_CALL` of all its processes. */
  mark: string;
  /** The helper's variables; the server gets an allow-list of them and its own. */
  environment: Readonly<Record<string, string | undefined>>;
  log: ServerLog;
}

/**
 * Speaks with a server over its standard input and output. The server has a process group of its own; when it ends, or
 * when the transport is closed, everything that it started is ended too. Holds one message at most, whatever it writes.
 */
export class StdioTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  /** Resolves once the server and everything that it started is gone. */
  readonly gone: Promise<void>;
  /** How it ended, for a person. */
  why = "It was ended by loopd.";
  readonly #options: StdioOptions;
  readonly #allowance = new Allowance();
  #child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  #isOver = false;
  #isGone: () => void = () => undefined;

  constructor(options: StdioOptions) {
    this.#options = options;
    this.gone = new Promise((resolve) => (this.#isGone = resolve));
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws LoopdError `mcp-failed` when there is no such program, or the system does not start it. */
  async start(): Promise<void> {
    const { launch, mark, environment, log } = this.#options;
    const own = childEnvironment(environment, mark);
    const child = spawn(launch.command, launch.args, {
      cwd: launch.cwd ?? usualFolder(environment),
      env: { ...own, ...launch.env, LOOPD_CALL: mark },
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child = child;
    child.stdin.on("error", () => undefined);
    const lines = new LineReader(
      MAX_MESSAGE_BYTES,
      (line) => this.#read(line),
      (line) => this.#readLong(line),
    );
    const errors = new LineReader(
      MAX_ERROR_LINE_BYTES,
      (line) => log.said(line.toString("utf8")),
      ({ head, bytes }) => log.said(`${head.toString("utf8")}… (${bytes} bytes)`),
    );
    const out = new Drain(
      child.stdout,
      (chunk) => {
        lines.push(chunk);
        if (lines.pending > BURST_BYTES) this.#broken("it floods its standard output");
      },
      (cause) => this.#broken(`loopd failed to read it: ${String(cause)}`),
    );
    const err = new Drain(
      child.stderr,
      (chunk) => errors.push(chunk),
      () => undefined,
    );
    child.once("exit", (code, signal) => {
      void settled([out, err]).then(async () => {
        await Promise.all([out.close(), err.close()]);
        errors.end();
        const last = log.last();
        const how = code === null ? `It was ended by ${signal}.` : `It ended with exit code ${code}.`;
        this.#finish(last === undefined ? how : `${how} The last it wrote to standard error: ${last}`);
      });
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.on("error", (cause: NodeJS.ErrnoException) => {
        reject(new LoopdError("mcp-failed", notStarted(launch, cause), { cause }));
      });
    });
  }

  send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin;
    if (stdin === undefined || !stdin.writable) return Promise.reject(new Error("The server takes no input any more."));
    stdin.write(`${JSON.stringify(message)}\n`);
    if (stdin.writableLength > MAX_UNREAD_BYTES) this.#broken("it does not read its input");
    return Promise.resolve();
  }

  /** Ends the server; resolves once nothing of it lives. */
  async close(): Promise<void> {
    this.#finish("It was ended by loopd.");
    await this.gone;
  }

  #broken(why: string): void {
    this.#finish(`It was ended by loopd because ${why}.`);
  }

  /** The first of: the process is over, or loopd ends it. Calls hear of it at once; what it started is ended meanwhile. */
  #finish(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.why = why;
    if (this.#child === undefined) this.#isGone();
    else void endServerProcesses(this.#child, this.#options.mark).then(this.#isGone);
    this.onclose?.();
  }

  #read(line: Buffer): void {
    const messages = parseMessages(line);
    if (messages === undefined) {
      this.#options.log.odd(`stdout, no message: ${line.subarray(0, MAX_ERROR_LINE_BYTES).toString("utf8")}`);
    }
    const isAsked = messages?.some((message) => !("method" in message)) === true;
    if (!isAsked && line.length > 0 && !this.#allowance.take(line.length)) {
      this.#broken("it floods its standard output");
      return;
    }
    for (const message of messages ?? []) if (!this.#isOver) this.onmessage?.(message);
  }

  /** A message that is too long is dropped unread; the call that it may be for gets an error at once. */
  #readLong({ head, tail, bytes }: LongLine): void {
    const megabytes = Math.round(bytes / 1e6);
    this.#options.log.odd(`stdout, a line of ${megabytes} MB was dropped`);
    if (!this.#allowance.take(bytes)) return this.#broken("it floods its standard output");
    const ends = [head, tail].map((part) => part.toString("latin1"));
    const [, id] =
      /^\{"(?:jsonrpc":"2\.0",")?id":(\d{1,15})[,}]/.exec(ends[0] ?? "") ??
      /[,{]"id":(\d{1,15})(?:,"jsonrpc":"2\.0")?\}\s*$/.exec(ends[1] ?? "") ??
      [];
    if (id === undefined) return;
    const message = `The answer has ${megabytes} MB, and loopd takes at most ${MAX_MESSAGE_BYTES / 1024 / 1024} MiB.`;
    this.onmessage?.({ jsonrpc: "2.0", id: Number(id), error: { code: -32_000, message } });
  }
}

/** Where a server works that names no folder: never wherever the helper happened to be started. */
function usualFolder({ HOME }: StdioOptions["environment"]): string | undefined {
  return HOME !== undefined && existsSync(HOME) ? HOME : undefined;
}

function notStarted({ command, cwd }: StdioLaunch, { code, message }: NodeJS.ErrnoException): string {
  if (cwd !== undefined && !existsSync(cwd)) return `It cannot be started: its folder ${cwd} does not exist.`;
  if (code === "ENOENT") {
    return `It cannot be started: there is no program ${command}. Give its whole path, or start the helper from a shell that finds it.`;
  }
  if (code === "EACCES") return `It cannot be started: ${command} may not be executed.`;
  return `It cannot be started: ${message}.`;
}
