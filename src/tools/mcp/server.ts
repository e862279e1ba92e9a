import { isDeepStrictEqual } from "node:util";
import type { McpServerConfig } from "../../protocol/config.ts";
import { asLoopdError, LoopdError } from "../../protocol/errors.ts";
import type { McpServerRow } from "../../protocol/requests.ts";
import { type Connection, openConnection, whyClosed } from "./connection.ts";
import { failureWords } from "./failure-words.ts";
import { launchOf, type Launch, transportOf } from "./launch.ts";
import { listTools } from "./list-tools.ts";
import type { Listing } from "./listed-tool.ts";
import { RunningCalls } from "./running-calls.ts";
import { NO_SECRETS, type Secrets, secretsOf } from "./secrets.ts";
import { createServerLog, type ServerLog } from "./server-log.ts";
import type { ToolCache } from "./tool-cache.ts";
import { treeMemory } from "./tree-memory.ts";
import { pause, untilAborted } from "./wait.ts";

/** How long a server may take to say hello and list its tools, in milliseconds. */
const START_LIMIT_MS = 30_000;
/** A call waits so long for a server that is started again; if it would take longer, the call fails at once. */
const MAX_WAIT_MS = 5_000;
/** After the n-th failure in a row a server is left alone for so long. */
const backOffMs = (failures: number) => Math.min(1_000 * 2 ** (failures - 1), 300_000);
/** A server that keeps saying that its tools have changed is asked no more often. */
const REFETCH_PAUSE_MS = 500;

/** What one server needs from those around it. */
export interface ServerOptions {
  name: string;
  config: McpServerConfig;
  /** Key of its tools in the cache. */
  key: string;
  mark: string;
  cache: ToolCache;
  environment: Readonly<Record<string, string | undefined>>;
  log: (level: "info" | "warn", message: string) => void;
  /** Resolves once nothing of the one that had its name before lives. */
  after: Promise<void>;
  /** Its tools have changed. */
  onChange: () => void;
}

/** One configured server: started when it is needed, shared by all calls, started again when it has died. */
export class McpServer {
  /** What may change without a restart (trust, lists of tools, limit) is replaced here. */
  config: McpServerConfig;
  readonly key: string;
  readonly calls: RunningCalls;
  readonly secrets: Secrets;
  readonly #options: ServerOptions;
  readonly #launch: Launch | LoopdError;
  readonly #log: ServerLog;
  readonly #lifetime = new AbortController();
  #listing: Listing | undefined;
  #connection: Connection | undefined;
  #starting: Promise<Connection> | undefined;
  #gone: Promise<void>;
  #starts = 0;
  #failures = 0;
  #retryAt = 0;
  #lastError: string | undefined;
  #refetch: "none" | "running" | "again" = "none";

  constructor(options: ServerOptions) {
    const { name, config, key, cache, environment, log } = options;
    this.#options = options;
    this.config = config;
    this.key = key;
    this.calls = new RunningCalls(name);
    this.#launch = launchOrProblem(config, environment);
    this.secrets = this.#launch instanceof LoopdError ? NO_SECRETS : secretsOf(this.#launch);
    this.#log = createServerLog((message) => log("info", message), this.secrets.hideAll);
    this.#listing = cache.read(key);
    this.#gone = options.after;
  }

  /** What it can do, as far as that is known: from now, or from an earlier run. */
  get listing(): Listing | undefined {
    return this.#listing;
  }

  get hasFailed(): boolean {
    return this.#failures > 0;
  }

  /**
   * The connection, opened if there is none. `patient`: not before its time where it has failed; `now`: at once.
   * @throws LoopdError `mcp-failed`, or the signal's reason
   */
  async connect(signal: AbortSignal, manner: "patient" | "now"): Promise<Connection> {
    signal.throwIfAborted();
    if (this.#connection !== undefined) return this.#connection;
    if (this.#launch instanceof LoopdError) throw this.#launch;
    if (this.#lifetime.signal.aborted)
      throw new LoopdError("mcp-failed", "It was ended: its configuration was changed.");
    const launch = this.#launch;
    if (this.#starting === undefined) {
      const wait = manner === "now" ? 0 : Math.max(0, this.#retryAt - Date.now());
      if (wait > MAX_WAIT_MS) {
        const seconds = Math.ceil(wait / 1000);
        const words = `${this.#lastError ?? "It failed."} It is not started again for another ${seconds} s.`;
        throw new LoopdError("mcp-failed", words);
      }
      this.#starting = this.#start(launch, wait).finally(() => (this.#starting = undefined));
      this.#starting.catch(() => undefined);
    }
    return untilAborted(this.#starting, signal);
  }

  /** A call has been answered, so whatever went wrong before is over. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Ends it; resolves once nothing of it lives. It is not started again. */
  async close(): Promise<void> {
    this.#lifetime.abort(new LoopdError("mcp-failed", "It was ended by loopd."));
    await this.#starting?.catch(() => undefined);
    await this.#connection?.close();
    await this.#gone;
  }

  /** How it is, but for what its tools cost. */
  async status(): Promise<Omit<McpServerRow, "tools" | "tokens">> {
    const { disabled, trust } = this.config;
    const pid = this.#connection?.pid;
    const rssBytes = pid === undefined ? undefined : await treeMemory(pid);
    const problem = this.#launch instanceof LoopdError ? this.#launch.message : undefined;
    const notes = this.#listing?.notes.map((note) => `Note: ${note}.`) ?? [];
    const lastError = [problem ?? this.#lastError, ...notes].filter((words) => words !== undefined).join(" ");
    const isWaiting = this.#failures > 0 && this.#connection === undefined && this.#starting === undefined;
    return {
      name: this.#options.name,
      transport: transportOf(this.config),
      state: disabled ? "disabled" : problem !== undefined ? "failed" : isWaiting ? "waiting" : this.#state(),
      trust,
      runningCalls: this.calls.count,
      restarts: Math.max(0, this.#starts - 1),
      ...(this.#listing?.about ? { server: this.#listing.about } : {}),
      ...(pid === undefined ? {} : { pid }),
      ...(rssBytes === undefined ? {} : { rssBytes }),
      ...(isWaiting ? { retryAt: new Date(this.#retryAt).toISOString() } : {}),
      ...(lastError === "" ? {} : { lastError }),
    };
  }

  #state(): "starting" | "running" | "idle" {
    if (this.#connection !== undefined) return "running";
    return this.#starting === undefined ? "idle" : "starting";
  }

  async #start(launch: Launch, wait: number): Promise<Connection> {
    const limit = new AbortController();
    const signal = AbortSignal.any([limit.signal, this.#lifetime.signal]);
    if (wait > 0) await pause(wait, this.#lifetime.signal);
    await this.#gone;
    this.#starts += 1;
    const timer = setTimeout(() => limit.abort(), START_LIMIT_MS);
    let connection: Connection | undefined;
    try {
      signal.throwIfAborted();
      const { mark, environment } = this.#options;
      const heard = {
        onListChanged: () => void this.#listChanged(),
        onElicit: this.calls.elicit,
      };
      const log = this.#log;
      connection = await openConnection({
        launch,
        mark,
        environment,
        log,
        startLimit: START_LIMIT_MS,
        signal,
        ...heard,
      });
      const listing = await listTools(connection.client, signal, START_LIMIT_MS);
      this.#connection = connection;
      this.#lastError = undefined;
      this.#learn(listing);
      this.#watch(connection);
      this.#options.log("info", "started");
      return connection;
    } catch (thrown) {
      const why = connection && (await whyClosed(thrown, connection.closed));
      await connection?.close();
      const late = `It did not start within ${START_LIMIT_MS / 1000} s.`;
      const last = this.#log.last();
      const heard = last === undefined ? "" : ` The last it wrote to standard error: ${last}`;
      throw this.#failed(limit.signal.aborted ? `${late}${heard}` : (why ?? failureWords(thrown)));
    } finally {
      clearTimeout(timer);
    }
  }

  #watch(connection: Connection): void {
    void connection.closed.then((why) => {
      this.#connection = undefined;
      this.#gone = connection.close();
      if (!this.#lifetime.signal.aborted) this.#failed(why);
    });
  }

  #failed(words: string): LoopdError {
    const error = new LoopdError("mcp-failed", this.secrets.hideAll(words));
    if (this.#lifetime.signal.aborted) return error;
    this.#failures += 1;
    this.#retryAt = Date.now() + backOffMs(this.#failures);
    this.#lastError = error.message;
    this.#options.log("warn", error.message);
    return error;
  }

  async #listChanged(): Promise<void> {
    if (this.#refetch !== "none") return void (this.#refetch = "again");
    do {
      this.#refetch = "running";
      const signal = AbortSignal.any([AbortSignal.timeout(START_LIMIT_MS), this.#lifetime.signal]);
      const listing =
        this.#connection && (await listTools(this.#connection.client, signal, START_LIMIT_MS).catch(() => undefined));
      if (listing !== undefined) this.#learn(listing);
      await pause(REFETCH_PAUSE_MS, this.#lifetime.signal).catch(() => undefined);
    } while ((this.#refetch as string) === "again");
    this.#refetch = "none";
  }

  #learn(listing: Listing): void {
    if (isDeepStrictEqual(listing, this.#listing)) return;
    this.#listing = listing;
    this.#options.cache.write(this.key, listing);
    this.#options.onChange();
  }
}

function launchOrProblem(config: McpServerConfig, environment: ServerOptions["environment"]): Launch | LoopdError {
  try {
    return launchOf(config, environment);
  } catch (thrown) {
    return asLoopdError(thrown);
  }
}
