import { timingSafeEqual } from "node:crypto";
import { chmodSync, lstatSync, rmSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { LoopdError } from "../src/protocol/errors.ts";
import { Peer } from "../src/protocol/peer.ts";
import { type ParsedParamsOf, PROTOCOL_VERSION } from "../src/protocol/requests.ts";
import { VERSION } from "../src/protocol/version.ts";
import { createFollowers, type Followers } from "./followers.ts";
import type { Home } from "./home.ts";
import type { Hub } from "./hub.ts";
import type { Log } from "./logs.ts";
import { checkCaller, type Handlers, parseRequest, perform } from "./methods.ts";
import type { EntryLog } from "./store/entry-log.ts";

/** How long a client may take to say hello, and how many may be connected. */
const HELLO_MS = 10_000;
const MAX_CONNECTIONS = 256;

/** What the server serves. */
export interface ServerOptions {
  home: Home;
  /** What a client has to say in its hello. */
  token: string;
  hub: Hub;
  entries: EntryLog;
  handlers: Handlers;
  log: Log;
}

/** The listening socket. */
export interface SocketServer {
  /** Ends every connection and removes the socket. */
  close(): Promise<void>;
}

/** Listens on the home's socket. The caller holds the home, so whatever socket is there was left by a dead helper. */
export async function listen(options: ServerOptions): Promise<SocketServer> {
  const { home, log } = options;
  await clearPath(home.socket);
  const peers = new Set<Peer>();
  const server = createServer((socket) => {
    if (peers.size >= MAX_CONNECTIONS) return void socket.destroy();
    const peer = serve(socket, options);
    peers.add(peer);
    void peer.closed.then((reason) => {
      peers.delete(peer);
      log.debug({ reason: reason.code }, "a client left");
    });
  });
  server.on("error", (error) => log.error({ err: error }, "the socket failed"));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(home.socket, () => {
      server.removeListener("error", reject);
      resolve();
    });
  }).catch((cause: Error) => {
    throw new LoopdError(
      "home-unusable",
      `loopd cannot listen at ${home.socket}: ${cause.message}. Set LOOPD_HOME to another folder.`,
      { cause },
    );
  });
  chmodSync(home.socket, 0o600);
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const peer of peers) peer.close(new LoopdError("connection-closed", "The helper is stopping."));
      await closed;
    },
  };
}

/** One connection: nothing but `hello` is answered before a good token. */
function serve(socket: Socket, { home, token, hub, entries, handlers, log }: ServerOptions): Peer {
  let followers: Followers | undefined;
  let isOutdated = false;
  const request = async (method: string, params: unknown, signal: AbortSignal): Promise<unknown> => {
    const parsed = parseRequest(method, params);
    const { name } = parsed;
    if (name === "hello") {
      const { protocolVersion, token: given } = parsed.params as ParsedParamsOf<"hello">;
      checkToken(given, token, home);
      isOutdated = protocolVersion !== PROTOCOL_VERSION;
      if (isOutdated) throw outdated(protocolVersion);
      followers ??= createFollowers(peer, hub, entries);
      clearTimeout(deadline);
      return { protocolVersion: PROTOCOL_VERSION, version: VERSION, pid: process.pid, home: home.folder };
    }
    // All that a client of another version may do is stop this helper, so that its own can take over.
    const isStop = isOutdated && name === "helper.stop";
    if (followers === undefined && !isStop) throw new LoopdError("wrong-token", "Say hello with the token first.");
    checkCaller(name, "face");
    if (name === "entries.follow") return followers?.follow(parsed.params as ParsedParamsOf<"entries.follow">);
    if (name === "entries.unfollow") return followers?.unfollow(parsed.params as ParsedParamsOf<"entries.unfollow">);
    return perform(handlers, parsed, signal, { caller: "face" });
  };
  const peer: Peer = new Peer(socket, {
    request: async (method, params, signal) => {
      try {
        return await request(method, params, signal);
      } catch (error) {
        if (!(error instanceof LoopdError)) log.error({ err: error, method }, "a request failed");
        throw error;
      }
    },
    notification: () => {},
  });
  const deadline = setTimeout(() => peer.close(new LoopdError("wrong-token", "No hello came.")), HELLO_MS);
  void peer.closed.then(() => {
    clearTimeout(deadline);
    followers?.close();
  });
  return peer;
}

function checkToken(given: string, wanted: string, home: Home): void {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  if (one.length === other.length && timingSafeEqual(one, other)) return;
  throw new LoopdError("wrong-token", `The token is not the one in ${home.folder}/run/token. Check LOOPD_HOME.`);
}

function outdated(theirs: number): LoopdError {
  return new LoopdError(
    "helper-outdated",
    `The running helper is version ${VERSION} and speaks protocol ${PROTOCOL_VERSION}; this client speaks ${theirs}. Restart the helper: loopd helper stop, then try again.`,
  );
}

/** Removes a socket that nobody listens on. Never a file of another kind, and never a socket that answers. */
async function clearPath(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  const refuse = (what: string) =>
    new LoopdError("home-unusable", `${path} is ${what}. Move it away, or set LOOPD_HOME to another folder.`);
  if (!found.isSocket()) throw refuse("not a socket");
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = createConnection(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.on("error", () => resolve(false));
  });
  if (isAlive) throw refuse("served by another program");
  rmSync(path, { force: true });
}
