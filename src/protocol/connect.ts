import { createConnection, type Socket } from "node:net";
import { asLoopdError, LoopdError } from "./errors.ts";
import { Peer } from "./peer.ts";
import { type NotificationName, type NotificationOf, notifications } from "./notifications.ts";
import { methods, type MethodName, type ParamsOf, PROTOCOL_VERSION, type ResultOf } from "./requests.ts";

/** Where the helper listens, how to prove that we may talk to it, and what it should call us in its log. */
export interface ConnectOptions {
  /** Path of `run/loopd.sock`. */
  socketPath: string;
  /** Content of `run/token`. */
  token: string;
  client: string;
}

/** What the helper says without being asked. Each notification is parsed before it gets here. */
export type Listener = <N extends NotificationName>(name: N, value: NotificationOf<N>) => void;

/** A connection on which `hello` has succeeded. */
export interface Connection {
  hello: ResultOf<"hello">;
  /** Asks the helper. Params and result are parsed with the protocol's schemas; rejects with a LoopdError. */
  request<M extends MethodName>(method: M, params: ParamsOf<M>, signal?: AbortSignal): Promise<ResultOf<M>>;
  /** Resolves with the reason once the connection is gone. */
  closed: Promise<LoopdError>;
  close(): void;
}

/** How long the helper may take to answer the first message, in milliseconds. */
const HELLO_MS = 10_000;
/** Longest socket path that both macOS (104 bytes with the final 0) and Linux can bind. */
const MAX_SOCKET_PATH_BYTES = 103;

/**
 * Path of the socket of a home.
 * @throws LoopdError `home-path-too-long` when the operating system could not bind it.
 */
export function socketPathOf(home: string): string {
  const path = `${home}/run/loopd.sock`;
  const bytes = new TextEncoder().encode(path).length;
  if (bytes <= MAX_SOCKET_PATH_BYTES) return path;
  throw new LoopdError(
    "home-path-too-long",
    `The socket's path has ${bytes} bytes, and the system takes at most ${MAX_SOCKET_PATH_BYTES}: ${path}. Set LOOPD_HOME to a shorter folder.`,
  );
}

/**
 * Connects, says hello, and returns a typed connection.
 * @throws LoopdError `helper-unreachable` (nothing listens), `wrong-token`, `helper-outdated` (the versions differ).
 */
export async function connect(options: ConnectOptions, listener: Listener): Promise<Connection> {
  const socket = await open(options.socketPath);
  const peer = new Peer(socket, {
    request: (method) =>
      Promise.reject(new LoopdError("unknown-method", `This side answers no requests, so not ${method}.`)),
    notification: (name, params) => {
      if (!Object.hasOwn(notifications, name)) return;
      const known = name as NotificationName;
      listener(known, notifications[known].parse(params) as NotificationOf<typeof known>);
    },
  });
  const request: Connection["request"] = async (method, params, signal) => {
    const checked = methods[method].params.safeParse(params);
    if (!checked.success) throw invalidParams(method, checked.error.issues);
    const answer = await peer.request(method, checked.data, signal);
    return methods[method].result.parse(answer) as ResultOf<typeof method>;
  };
  try {
    const { token, client } = options;
    const hello = await inTime(request("hello", { protocolVersion: PROTOCOL_VERSION, token, client }));
    return { hello, request, closed: peer.closed, close: () => peer.close() };
  } catch (error) {
    peer.close();
    throw error;
  }
}

/**
 * Asks the helper to stop, whatever protocol version it speaks: a `hello` refused as outdated still proves the token,
 * and `helper.stop` is served after it. Resolves once the helper has closed the connection.
 * @throws LoopdError `helper-unreachable` (nothing listens), `wrong-token`.
 */
export async function stopOutdatedHelper({ socketPath, token, client }: ConnectOptions): Promise<void> {
  const peer = new Peer(await open(socketPath), {
    request: (method) =>
      Promise.reject(new LoopdError("unknown-method", `This side answers no requests, so not ${method}.`)),
    notification: () => {},
  });
  try {
    await peer.request("hello", { protocolVersion: PROTOCOL_VERSION, token, client }).catch((error: unknown) => {
      if (asLoopdError(error).code !== "helper-outdated") throw error;
    });
    await peer.request("helper.stop", {}).catch((error: unknown) => {
      if (asLoopdError(error).code !== "connection-closed") throw error;
    });
    await peer.closed;
  } finally {
    peer.close();
  }
}

/** A helper that is stopped or stuck takes the connection and never answers. */
async function inTime<T>(hello: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `The helper did not answer within ${HELLO_MS / 1000} s. End it with: loopd helper stop, or kill its process.`;
    timer = setTimeout(() => reject(new LoopdError("helper-unreachable", message)), HELLO_MS);
  });
  return Promise.race([hello, late]).finally(() => clearTimeout(timer));
}

/** What does not fit a schema. Of a key that does not, only `issues` says why. */
interface Issue {
  path: PropertyKey[];
  message: string;
  code?: string | undefined;
  issues?: readonly { message: string }[];
}

/** The one sentence for parameters that do not fit a method's schema. */
export function invalidParams(method: string, issues: readonly Issue[]): LoopdError {
  const tooLong = issues.find((issue) => issue.path.join(".") === "input" && issue.message.includes("<="));
  if (tooLong) {
    return new LoopdError(
      "prompt-too-large",
      "The prompt is too large: at most 1,000,000 characters. Save it as a file and ask loopd to read that file.",
    );
  }
  const list = issues.map((issue) => {
    const why = issue.code === "invalid_key" ? issue.issues?.[0]?.message : undefined;
    return `${issue.path.join(".") || "params"}: ${why ?? issue.message}`;
  });
  return new LoopdError("invalid-params", `${method} was called wrongly: ${list.join("; ")}.`);
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (cause) => {
      const message = `No helper answers at ${path}. Start it with: loopd helper start`;
      reject(new LoopdError("helper-unreachable", message, { cause }));
    });
  });
}
