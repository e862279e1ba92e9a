import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connect, type Connection, type Listener, socketPathOf } from "../../src/protocol/connect.ts";
import { NODE_FLAGS } from "../../src/protocol/node-flags.ts";
import type { Delta, Entry } from "../../src/protocol/entries.ts";
import type { TurnRequest } from "../../src/protocol/requests.ts";

const HELPER = resolve(import.meta.dirname, "../../assets/helper/helper.mjs");

/** A real helper process on a home of its own. */
export interface TestHelper {
  home: string;
  pid: number;
  /** What it wrote to standard error. */
  stderr(): string;
  /** Resolves with the exit code, or the signal's name. */
  exited: Promise<number | string>;
  connect(listener?: Listener): Promise<Connection>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A fresh folder that the test removes again. */
export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `loopd-${name}-`));
}

/**
 * Makes every command of a home ask, as on a machine without a sandbox, unless its configuration says something about the
 * sandbox: what most tests are about is the asking. A home that is not there yet, or whose file is broken, stays as it is.
 */
export function withoutSandbox(home: string): void {
  const path = join(home, "config.json");
  try {
    const config = (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {}) as object;
    if ("sandbox" in config) return;
    writeFileSync(path, JSON.stringify({ ...config, sandbox: { mode: "off" } }), { mode: 0o600 });
  } catch {
    // The test is about just that.
  }
}

/** Starts a helper and waits until it says that it serves. Rejects with what it says instead. */
export async function startHelper(
  home = temporaryFolder("home"),
  environment: Record<string, string> = {},
): Promise<TestHelper> {
  withoutSandbox(home);
  const child: ChildProcess = spawn(process.execPath, [...NODE_FLAGS, HELPER], {
    env: { ...process.env, ...environment, LOOPD_HOME: home, LOOPD_READY_FD: "3" },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = new Promise<number | string>((done) =>
    child.once("exit", (code, signal) => done(code ?? signal ?? "?")),
  );
  const line = await new Promise<string>((done, fail) => {
    let text = "";
    const pipe = child.stdio[3];
    pipe?.on("data", (chunk: Buffer) => (text += chunk.toString()));
    pipe?.on("end", () => (text === "" ? fail(new Error(`the helper said nothing: ${stderr}`)) : done(text)));
  });
  const said = JSON.parse(line) as { ready?: true; pid?: number; error?: { code: string; message: string } };
  if (said.error !== undefined) {
    await exited;
    throw Object.assign(new Error(said.error.message), { code: said.error.code });
  }
  const signal = async (name: NodeJS.Signals) => {
    child.kill(name);
    await exited;
  };
  return {
    home,
    pid: said.pid ?? 0,
    stderr: () => stderr,
    exited,
    connect: (listener = () => {}) => connectTo(home, listener),
    kill: () => signal("SIGKILL"),
    stop: () => signal("SIGTERM"),
  };
}

/** Connects as a face would, with the home's token. */
export function connectTo(home: string, listener: Listener = () => {}): Promise<Connection> {
  const token = readFileSync(join(home, "run", "token"), "utf8").trim();
  return connect({ socketPath: socketPathOf(home), token, client: "test" }, listener);
}

/** A face that follows everything from the beginning. */
export interface Witness {
  connection: Connection;
  entries: Entry[];
  deltas: Delta[];
  /** The first entry, already heard or to come, that fits. */
  until<T extends Entry>(fits: (entry: Entry) => entry is T): Promise<T>;
  untilKind<K extends Entry["kind"]>(
    kind: K,
    fits?: (entry: Extract<Entry, { kind: K }>) => boolean,
  ): Promise<Extract<Entry, { kind: K }>>;
  submit(request: Partial<TurnRequest> & { input: string }): Promise<{ session: string; turn: string }>;
}

/** Connects and follows. */
export async function witness(helper: { home: string }): Promise<Witness> {
  const entries: Entry[] = [];
  const deltas: Delta[] = [];
  const waiting = new Set<() => void>();
  const connection = await connectTo(helper.home, (name, value) => {
    if (name === "entries.added") entries.push(...(value as { entries: Entry[] }).entries);
    if (name === "delta") deltas.push((value as { delta: Delta }).delta);
    for (const wake of [...waiting]) wake();
  });
  await connection.request("entries.follow", { after: 0, deltas: true });
  const until = <T extends Entry>(fits: (entry: Entry) => entry is T): Promise<T> =>
    new Promise((done, fail) => {
      const look = () => {
        const found = entries.find(fits);
        if (found === undefined) return;
        waiting.delete(look);
        done(found);
      };
      waiting.add(look);
      void connection.closed.then(fail);
      look();
    });
  return {
    connection,
    entries,
    deltas,
    until,
    untilKind: (kind, fits = () => true) =>
      until(
        (entry): entry is Extract<Entry, { kind: typeof kind }> =>
          entry.kind === kind && fits(entry as Extract<Entry, { kind: typeof kind }>),
      ),
    submit: (request) =>
      connection.request("turn.submit", { requestId: crypto.randomUUID(), workspace: tmpdir(), ...request }),
  };
}

/** Removes a home and everything in it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A person who approves whatever comes up, for tests that are about something else. */
export async function approveEverything({ home }: { home: string }): Promise<void> {
  const connection = await connectTo(home, (name, value) => {
    if (name !== "entries.added") return;
    for (const entry of (value as { entries: Entry[] }).entries) {
      if (entry.kind !== "card.opened" || entry.data.type !== "approval") continue;
      const { cardId } = entry.data;
      // A card that the test answers itself, or a helper that is gone, is the test's own business.
      connection.request("card.resolve", { cardId, resolution: "approved", by: "anybody" }).catch(() => undefined);
    }
  });
  await connection.request("entries.follow", { after: 0 });
}
