import { type MethodName, PROTOCOL_VERSION } from "../src/protocol/requests.ts";
import { VERSION } from "../src/protocol/version.ts";
import type { ConfigFile } from "./config-file.ts";
import { diskUse } from "./disk-use.ts";
import { examine } from "./doctor.ts";
import type { Profiles } from "./endpoints/profiles.ts";
import type { Home } from "./home.ts";
import type { Handlers } from "./methods.ts";
import type { Routines } from "./routines/routines.ts";
import type { Store } from "./store/open-store.ts";
import type { ToolWorld } from "./tool-world.ts";
import type { Turns } from "./turns.ts";
import type { Vault } from "./vault/vault.ts";

/** What the methods about the helper itself look at. */
interface HelperHandlersOptions {
  home: Home;
  store: Store;
  turns: Turns;
  profiles: Profiles;
  tools: ToolWorld;
  routines: Routines;
  vault: Vault;
  file: ConfigFile;
  startedAt: number;
  /** Ends the helper after the answer has left. */
  stop(): void;
}

/** The part of the socket's table that is about the helper itself; its settings are explained with the traces. */
export function helperHandlers({
  home,
  store,
  turns,
  profiles,
  tools,
  routines,
  vault,
  file,
  startedAt,
  stop,
}: HelperHandlersOptions): Pick<Handlers, Exclude<Extract<MethodName, `helper.${string}`>, "helper.settings">> {
  return {
    "helper.doctor": async () => ({
      checks: await examine({ home, profiles, tools, vault, platform: process.platform }),
    }),
    "helper.status": async ({ disk }) => {
      const { approvals, questions } = store.cards.pendingCounts();
      const used = disk ? { disk: await diskUse(home, store.purge.freeBytes()) } : {};
      return {
        ...used,
        pid: process.pid,
        version: VERSION,
        protocolVersion: PROTOCOL_VERSION,
        home: home.folder,
        uptimeMs: Date.now() - startedAt,
        rssBytes: process.memoryUsage.rss(),
        runningTurns: turns.running(),
        pendingApprovals: approvals,
        pendingQuestions: questions,
        nextRun: routines.nextRun(),
        nextRoutine: routines.next(),
        endpoint: profiles.active(),
        menuBar: profiles.config().menuBar,
        lastSeq: store.log.lastSeq(),
        screen: tools.screens.screen.health(),
      };
    },
    "helper.menu-bar": ({ link }) => {
      file.edit((raw) => void (raw["menuBar"] = link ?? undefined));
      return {};
    },
    "helper.folders": async (_, signal) => ({
      folders: await (await import("./person-folders.ts")).lookIntoFolders(signal),
    }),
    "helper.stop": () => {
      setImmediate(stop);
      return {};
    },
  };
}
