import type { Socket } from "node:net";
import { asLoopdError, LoopdError } from "./errors.ts";
import { errorOf, rpcErrorOf } from "./rpc-error.ts";

/** What one connection may cost: every number is a cap that a hostile or broken peer runs into. */
export interface PeerLimits {
  /** Longest frame in bytes, either direction. */
  frameBytes: number;
  /** Bytes waiting for a slow reader before notifications are dropped and requests are no longer read. */
  queueBytes: number;
  /** Requests of the other side being worked on at once. */
  inFlight: number;
}
const PEER_LIMITS: PeerLimits = { frameBytes: 4 * 1024 * 1024, queueBytes: 8 * 1024 * 1024, inFlight: 256 };

/** What this side does with what the other side sends. */
export interface PeerHandlers {
  request(method: string, params: unknown, signal: AbortSignal): Promise<unknown>;
  notification(method: string, params: unknown): void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: LoopdError): void;
}
type Frame = { id?: unknown; method?: unknown; params?: unknown; result?: unknown; error?: unknown };

const NEWLINE = 10;
/** How long the other side may take to read what was queued before the connection is closed, in milliseconds. */
const CLOSING_MS = 1_000;

/**
 * One end of a connection: newline-delimited JSON-RPC 2.0 in both directions, with `$/cancel`. A frame that is too long
 * or is not JSON ends the connection with an error frame, since nothing after it can be trusted.
 */
export class Peer {
  /** Resolves, with the reason, once the connection is gone. All open requests have been rejected by then. */
  readonly closed: Promise<LoopdError>;
  readonly #socket: Socket;
  readonly #handlers: PeerHandlers;
  readonly #limits: PeerLimits;
  readonly #waiting = new Map<number, Waiting>();
  readonly #working = new Map<string | number, AbortController>();
  readonly #drained: (() => void)[] = [];
  #chunks: Buffer[] = [];
  #buffered = 0;
  #nextId = 1;
  #reason: LoopdError | undefined;

  constructor(socket: Socket, handlers: PeerHandlers, limits: PeerLimits = PEER_LIMITS) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#limits = limits;
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        const reason = this.#reason ?? new LoopdError("connection-closed", "The other side closed the connection.");
        this.#reason = reason;
        for (const { reject } of this.#waiting.values()) reject(reason);
        this.#waiting.clear();
        for (const controller of this.#working.values()) controller.abort(reason);
        this.#working.clear();
        this.#wakeDrained();
        resolve(reason);
      });
    });
    socket.on("error", (cause) => {
      this.#reason ??= new LoopdError("connection-closed", `The connection broke: ${cause.message}.`, { cause });
    });
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("drain", () => {
      socket.resume();
      this.#wakeDrained();
    });
  }

  /** Asks the other side. Rejects with its LoopdError, or `cancelled` when the signal fires (the other side is told). */
  request(method: string, params: unknown, signal?: AbortSignal): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (this.#reason) return reject(this.#reason);
      if (signal?.aborted) return reject(new LoopdError("cancelled", `${method} was cancelled before it was sent.`));
      const cancel = () => {
        if (!this.#waiting.delete(id)) return;
        this.#send({ jsonrpc: "2.0", method: "$/cancel", params: { id } });
        reject(new LoopdError("cancelled", `${method} was cancelled.`));
      };
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener("abort", cancel);
          then(value);
        };
      this.#waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      signal?.addEventListener("abort", cancel, { once: true });
      try {
        this.#send({ jsonrpc: "2.0", id, method, params });
      } catch (error) {
        this.#waiting.get(id)?.reject(asLoopdError(error));
        this.#waiting.delete(id);
      }
    });
  }

  /** Tells the other side, or returns false because it is too slow: it will have to ask for what it missed. */
  notify(method: string, params: unknown): boolean {
    if (this.#reason || this.isCongested) return false;
    this.#send({ jsonrpc: "2.0", method, params });
    return true;
  }

  /** True while more bytes wait for the other side than the queue may hold. */
  get isCongested(): boolean {
    return this.#socket.writableLength > this.#limits.queueBytes;
  }

  /** Resolves when the queue has been read empty, or the connection is gone. */
  drained(): Promise<void> {
    // While it goes away, `notify` refuses already: whoever tries again after this must not spin until it is gone.
    if (this.#reason) return this.closed.then(() => {});
    if (!this.#socket.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /**
   * Ends the connection after what was queued, with the reason that open requests are rejected with. A side that does
   * not read gets a moment, then loses the rest: it must not keep this one from ending.
   */
  close(reason: LoopdError = new LoopdError("connection-closed", "This side closed the connection.")): void {
    this.#reason ??= reason;
    this.#socket.destroySoon();
    const deadline = setTimeout(() => this.#socket.destroy(), CLOSING_MS);
    void this.closed.then(() => clearTimeout(deadline));
  }

  #wakeDrained(): void {
    for (const wake of this.#drained.splice(0)) wake();
  }

  #send(frame: object): void {
    const line = `${JSON.stringify(frame)}\n`;
    if (line.length > this.#limits.frameBytes || Buffer.byteLength(line) > this.#limits.frameBytes) {
      const size = `${(line.length / 1048576).toFixed(1)} MiB, at most ${this.#limits.frameBytes / 1048576}`;
      throw new LoopdError(
        "frame-too-large",
        `The message is too large for the socket (${size}). Ask for less at once, or put the text in a file.`,
      );
    }
    if (!this.#socket.destroyed) this.#socket.write(line);
  }

  #receive(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#chunks.push(chunk.subarray(start, end));
      const line = this.#chunks.length === 1 ? chunk.subarray(start, end) : Buffer.concat(this.#chunks);
      this.#chunks = [];
      this.#buffered = 0;
      start = end + 1;
      if (line.length > this.#limits.frameBytes) return this.#refuse("frame-too-large", "A frame was too long.");
      if (line.length > 0) this.#take(line);
      if (this.#reason) return;
    }
    if (start < chunk.length) {
      this.#chunks.push(chunk.subarray(start));
      this.#buffered += chunk.length - start;
    }
    if (this.#buffered > this.#limits.frameBytes) this.#refuse("frame-too-large", "A frame was too long.");
  }

  #refuse(code: "frame-too-large" | "protocol-garbage", what: string): void {
    const error = new LoopdError(code, `${what} The connection was closed; connect again.`);
    this.#chunks = [];
    this.#send({ jsonrpc: "2.0", id: null, error: rpcErrorOf(error) });
    this.close(error);
    this.#socket.pause();
  }

  #take(line: Buffer): void {
    let frame: Frame;
    try {
      frame = JSON.parse(line.toString("utf8")) as Frame;
    } catch {
      return this.#refuse("protocol-garbage", "What arrived is not JSON.");
    }
    if (typeof frame !== "object" || frame === null)
      return this.#refuse("protocol-garbage", "What arrived is no JSON-RPC message.");
    if (typeof frame.method === "string") {
      if (frame.method === "$/cancel") return this.#cancelled(frame.params);
      if (frame.id === undefined) return this.#heard(frame.method, frame.params);
      if (typeof frame.id === "number" || typeof frame.id === "string")
        return void this.#answer(frame.id, frame.method, frame.params);
    } else if (typeof frame.id === "number") {
      const waiting = this.#waiting.get(frame.id);
      this.#waiting.delete(frame.id);
      if (frame.error === undefined) waiting?.resolve(frame.result);
      else waiting?.reject(errorOf(frame.error));
      return;
    } else if (frame.id === null && frame.error !== undefined) {
      return this.close(errorOf(frame.error));
    }
    this.#refuse("protocol-garbage", "What arrived is no JSON-RPC message.");
  }

  /** A notification that cannot be taken ends the connection, not the process: a newer helper may say what we cannot parse. */
  #heard(method: string, params: unknown): void {
    try {
      this.#handlers.notification(method, params);
    } catch (thrown) {
      const message = `${method} could not be understood (${asLoopdError(thrown).message.slice(0, 200)}). Connect again, with the newest loopd.`;
      this.close(new LoopdError("protocol-garbage", message, { cause: thrown }));
    }
  }

  #cancelled(params: unknown): void {
    const id = (params as { id?: string | number } | undefined)?.id;
    if (id !== undefined)
      this.#working.get(id)?.abort(new LoopdError("cancelled", "The caller cancelled the request."));
  }

  async #answer(id: string | number, method: string, params: unknown): Promise<void> {
    if (this.#working.size >= this.#limits.inFlight || this.#working.has(id)) {
      const error = new LoopdError(
        "too-many-requests",
        `At most ${this.#limits.inFlight} requests at once, each with its own id.`,
      );
      return this.#reply(id, { error });
    }
    const controller = new AbortController();
    this.#working.set(id, controller);
    try {
      const result = await this.#handlers.request(method, params, controller.signal);
      this.#reply(id, { result: result ?? {} });
    } catch (thrown) {
      this.#reply(id, { error: asLoopdError(thrown) });
    } finally {
      this.#working.delete(id);
    }
  }

  #reply(id: string | number, answer: { result: unknown } | { error: LoopdError }): void {
    if (this.#reason) return;
    try {
      this.#send({ jsonrpc: "2.0", id, ...("error" in answer ? { error: rpcErrorOf(answer.error) } : answer) });
    } catch (thrown) {
      this.#send({ jsonrpc: "2.0", id, error: rpcErrorOf(asLoopdError(thrown)) });
    }
    // A reader that never reads gets no more answers: what it asks stays in the kernel's buffer, not in ours.
    if (this.isCongested) this.#socket.pause();
  }
}
