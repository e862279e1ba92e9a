import { asLoopdError } from "../src/protocol/errors.ts";
import { VERSION } from "../src/protocol/version.ts";
import { bootId } from "../src/tools/runner/boot.ts";
import { openConfigFile } from "./config-file.ts";
import { createModelWorld } from "./endpoints/model-world.ts";
import { createProfiles } from "./endpoints/profiles.ts";
import { listenForEnds } from "./ends.ts";
import { createFileHistory } from "./file-history.ts";
import { createHandlers } from "./handlers.ts";
import { homeOf, prepareHome, tokenOf } from "./home.ts";
import { createHooks } from "./hooks/hooks.ts";
import { createStamp } from "./ids.ts";
import { openLog } from "./logs.ts";
import { createMcpConfig } from "./mcp-config.ts";
import { createMemory } from "./memory.ts";
import { type Handlers, requestAsTool } from "./methods.ts";
import { announce, failureLine, leaveTo, notReady } from "./ready.ts";
import { sweepUnfinished } from "./recovery.ts";
import { createRetention } from "./retention.ts";
import { createRoutines } from "./routines/routines.ts";
import { createRules } from "./rules.ts";
import { createSessionOverrides } from "./session-overrides.ts";
import { createSessionPorts, type PortsOptions } from "./session-ports.ts";
import { createSessionState } from "./session-state.ts";
import { createSettings } from "./settings.ts";
import { listen } from "./socket-server.ts";
import { createBlobs } from "./store/blobs.ts";
import { takeHome } from "./store/home-lock.ts";
import { openStore } from "./store/open-store.ts";
import { createStateQuery } from "./store/state-query.ts";
import { takeUp } from "./take-up.ts";
import { createToolWorld } from "./tool-world.ts";
import { createTurns } from "./turns.ts";
import { createVaultWorld } from "./vault/vault-world.ts";

const { LOOPD_READY_FD: readyDescriptor, LOOPD_LOG_LEVEL: logLevel = "info" } = process.env;

/** The helper: takes the home, opens the trace, takes up what was left open, then serves until it is told to stop. */
async function main(): Promise<void> {
  const startedAt = Date.now();
  process.umask(0o077);
  const home = prepareHome(homeOf(process.env));
  const lock = takeHome(home.lock);
  if (lock === undefined) return leaveTo(readyDescriptor, home);
  const token = tokenOf(home);
  const boot = bootId();
  const store = openStore(home.database, createStamp(boot));
  const file = openConfigFile(home.folder);
  const config = file.current;
  const profiles = createProfiles(home.folder, file);
  const log = openLog(home.logs, logLevel);
  const { hub, seen, ...vaults } = createVaultWorld({ store, profiles, config, home });
  const blobs = createBlobs(home.blobs);
  const tools = await createToolWorld({ home, store: seen.store, blobs, log, config, environment: process.env });
  const { catalogue, servers, person, protectedPaths, placeOf } = tools;
  const models = createModelWorld({ profiles, readBlob: blobs.read });
  const hooks = createHooks({ folder: home.folder, environment: process.env });
  const shutdown = new AbortController();
  const memory = createMemory({ folder: home.memory, hub, store });
  const grantsOf = seen.store.grants.of;
  const { windowOf } = profiles;
  const settings = createSettings({ config, tools: catalogue.book, person, grantsOf, memory, windowOf });
  const shared: PortsOptions = {
    ...{ hub, boot, catalogue, settings, runs: store.runs, hook: hooks.ask, placeOf: vaults.placeOf(placeOf) },
    model: models.model,
    shutdown: shutdown.signal,
    ready: async (whom, before, signal) => {
      const prepared = before === "epoch" ? [servers.ready(signal), memory.refresh()] : [];
      await Promise.all([models.look(whom, signal), ...prepared]);
    },
    request: (origin, method, params, signal) => requestAsTool(handlers, origin, method, params, signal),
  };
  const overrides = createSessionOverrides({ profiles, tools, hooks, hub, store: seen.store });
  const turns = createTurns({
    ...{ store, hub, log },
    portsOf: (session, feed) => vaults.ports(createSessionPorts(shared, session, feed), session),
    effective: overrides.effective,
  });
  const routines = createRoutines({
    ...{ ...tools, store: seen.store, hub, log, turns, boot, home, effective: overrides.effective, now: Date.now },
  });
  const retention = createRetention({ store: seen.store, hub, turns, blobs, home, config, log, ...vaults });
  let isStopping = false;
  const stop = async (why: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ why }, "stopping");
    shutdown.abort();
    await Promise.all([turns.stop(), routines.scheduler.stop(), retention.stop()]);
    await server.close();
    await Promise.all([models.close(), tools.close()]);
    store.close();
    lock.release();
    log.flush(() => process.exit(0));
  };
  const handlers: Handlers = createHandlers({
    ...{ home, store: seen.store, hub, turns, profiles, tools, memory, overrides, settings, startedAt, boot, routines },
    files: createFileHistory({ store: seen.store, hub, blobs, blobFolder: home.blobs, protectedPaths }),
    ...{ vault: vaults.vault, exporting: vaults.exporting, retention },
    state: createSessionState({ store: seen.store, hub }),
    query: vaults.query(createStateQuery({ database: home.database })),
    ...{ file, mcp: createMcpConfig({ file, servers }), rules: createRules({ file, store: seen.store, hub, tools }) },
    stop: () => void stop("asked to"),
  });
  await sweepUnfinished(store, boot, log, tools.marks());
  const server = await listen({ home, token, hub: seen.hub, entries: seen.store.log, handlers, log });
  listenForEnds(log, (why) => void stop(why));
  takeUp({ turns, routines, retention, store, file, hub, log, environment: process.env, folder: home.folder });
  log.info({ version: VERSION, home: home.folder, startMs: Date.now() - startedAt }, "serving");
  announce(readyDescriptor, { ready: true, pid: process.pid });
}

main().catch((thrown: unknown) => {
  const error = asLoopdError(thrown);
  announce(readyDescriptor, notReady(error));
  process.stderr.write(failureLine(error));
  process.exit(1);
});
