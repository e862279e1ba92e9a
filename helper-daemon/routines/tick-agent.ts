import { spawn } from "node:child_process";
import { readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../home.ts";
import type { Hub } from "../hub.ts";
import { layoutOf } from "../install/layout.ts";
import type { Log } from "../logs.ts";
import type { Store } from "../store/open-store.ts";

/** What the tick agent is kept from. */
export interface TickWorld {
  home: Pick<Home, "folder">;
  /** Of the helper. */
  environment: Readonly<Record<string, string | undefined>>;
  store: Pick<Store, "routines">;
  hub: Pick<Hub, "listen">;
  log: Log;
}

/** Keeps the system's own tick in line with the routines, in an installed home; elsewhere it does nothing. */
export interface TickAgent {
  start(): void;
  stop(): void;
}

/** Ms that changes are gathered for; that pass before the machine is looked at again; and before trouble is tried again. */
const [GATHER_MS, LOOK_MS, AGAIN_MS] = [1_000, 60_000, 3_600_000];
/** Ms that a child may take; an installation that holds the lock lets it wait. */
const CHILD_LIMIT_MS = 15 * 60_000;
/** What the child is told of our environment. It holds no secret: the helper's own may. */
const PASSED =
  /^(HOME|USER|LOGNAME|PATH|TMPDIR|TZ|LANG|LC_ALL|XDG_(RUNTIME_DIR|STATE_HOME)|DBUS_SESSION_BUS_ADDRESS|XPC_SERVICE_NAME|LOOPD_JOB|LOOPD_INSTALL_\w+)$/;

/**
 * What starts the helper when a routine is due and it is down (`launchd/`). The work is done by the installed program, as a
 * child: launchd/ would take 20 MB of the helper's own. Nothing waits for it.
 */
export function createTickAgent(world: TickWorld): TickAgent {
  const { home, store, hub, log } = world;
  let synced: string | undefined;
  let mark: string | undefined;
  let told: string | undefined;
  let next: { timer: NodeJS.Timeout; at: number } | undefined;
  let looks: NodeJS.Timeout | undefined;
  let isBusy = false;
  let isStopped = false;
  let unlisten = () => {};

  const later = (ms: number): void => {
    const at = performance.now() + ms;
    if (isStopped || isBusy || (next !== undefined && next.at <= at)) return;
    clearTimeout(next?.timer);
    next = { timer: setTimeout(() => void sync(), ms).unref(), at };
  };
  const sync = async (): Promise<void> => {
    next = undefined;
    mark = markOf(home.folder);
    if (!isInstalled(home.folder)) return;
    const input = JSON.stringify({ triggers: store.routines.clockTriggers() });
    if (synced === `${mark} ${input}`) return;
    isBusy = true;
    const trouble = await runSync(world, input);
    isBusy = false;
    // What it installed has changed the mark, too.
    mark = markOf(home.folder);
    synced = trouble === undefined ? `${mark} ${input}` : undefined;
    if (trouble !== undefined && trouble !== told)
      log.warn({ trouble }, "the system's tick is not as routines need it");
    told = trouble;
    // Routines may have changed meanwhile; if not, the next look costs nothing.
    later(trouble === undefined ? GATHER_MS : AGAIN_MS);
  };
  return {
    start: () => {
      unlisten = hub.listen((event) => {
        const entries = event.type === "entries" ? event.entries : [];
        if (entries.some(({ kind, data }) => kind === "state.changed" && data.store === "routine")) later(GATHER_MS);
      });
      looks = setInterval(() => {
        if (markOf(home.folder) !== mark) later(0);
      }, LOOK_MS).unref();
      later(GATHER_MS);
    },
    stop: () => {
      isStopped = true;
      unlisten();
      clearTimeout(next?.timer);
      clearInterval(looks);
    },
  };
}

const recordOf = (home: string) => join(home, "launchd", "installed.json");

/** Whether a helper is installed for a home, as `launchd/` records it. */
function isInstalled(home: string): boolean {
  try {
    const { jobs } = JSON.parse(readFileSync(recordOf(home), "utf8")) as { jobs: Record<string, string> };
    return Object.keys(jobs).some((label) => label.startsWith("dev.loopd.helper"));
  } catch {
    return false;
  }
}

/** Another one where the machine has come to another zone, or something else is installed. This process never hears of a zone. */
function markOf(home: string): string {
  const zone = attempt(() => readlinkSync("/etc/localtime"));
  const record = attempt(() => statSync(recordOf(home)).mtimeMs);
  return `${zone ?? ""} ${record ?? ""}`;
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** Runs the installed program's `sync-tick`. Resolves with what stood in its way, in words. Never rejects. */
function runSync({ home, environment }: TickWorld, input: string): Promise<string | undefined> {
  const { node, current } = layoutOf(home.folder);
  const passed = Object.fromEntries(Object.entries(environment).filter(([name]) => PASSED.test(name)));
  return new Promise((resolve) => {
    const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(current, "install.mjs"), "sync-tick"], {
      cwd: "/",
      env: { ...passed, LOOPD_HOME: home.folder },
      stdio: ["pipe", "pipe", "ignore"],
      timeout: CHILD_LIMIT_MS,
      killSignal: "SIGKILL",
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (said = (said + chunk).slice(-100_000)));
    child.stdin.on("error", () => {}).end(input);
    child.once("error", (error) => resolve(`${node}: ${error.message}. Mend it with: loopd helper install`));
    child.once("close", (code, signal) => resolve(troubleIn(said, code ?? signal ?? "")));
    // The helper ends without waiting for it.
    child.unref();
  });
}

function troubleIn(said: string, end: number | string): string | undefined {
  type Said = { result?: { ok: boolean; error?: { message: string } } };
  const last = attempt(() => JSON.parse(said.trim().split("\n").at(-1) ?? "") as Said);
  if (last?.result?.ok === true) return undefined;
  return (
    last?.result?.error?.message ?? `sync-tick ended with ${end} and said nothing. Mend it with: loopd helper install`
  );
}
