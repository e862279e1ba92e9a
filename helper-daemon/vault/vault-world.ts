import type { Ports } from "../../src/agent/ports.ts";
import { type Config, REHEARSAL_ENDPOINT } from "../../src/protocol/config.ts";
import type { SessionId } from "../../src/protocol/values.ts";
import type { Place } from "../../src/tools/define-tool.ts";
import type { Profiles } from "../endpoints/profiles.ts";
import { createExporting, type Exporting } from "../export/export-entries.ts";
import type { Home } from "../home.ts";
import { createHub, type Hub } from "../hub.ts";
import { replayingPorts } from "../replaying-ports.ts";
import type { Store } from "../store/open-store.ts";
import type { StateQuery } from "../store/state-query.ts";
import { learningPlace } from "./learning-place.ts";
import { redactedPorts } from "./redacted-ports.ts";
import { createRedaction } from "./redaction.ts";
import { restoredHub, restoredStore } from "./restored-store.ts";
import { createRestorer } from "./restorer.ts";
import { createVault, type Vault } from "./vault.ts";

/** What the vault is put around. */
export interface VaultWorldOptions {
  store: Store;
  profiles: Profiles;
  config: () => Config;
  home: Home;
}

/** Everything of the helper with the codec around it. Who takes these instead of the plain ones need not know of it. */
export interface VaultWorld {
  /** The way into the trace. Records placeholders; listeners hear what was recorded. */
  hub: Hub;
  /** Store and hub as faces and tools see them: with real values. */
  seen: { store: Store; hub: Hub };
  ports(ports: Ports, session: SessionId): Ports;
  placeOf(placeOf: (session: SessionId) => Place): (session: SessionId) => Place;
  query(query: StateQuery): StateQuery;
  vault: Vault;
  /** Entries as they may leave this machine. */
  exporting: Exporting;
  /** Drops what is in memory, after what is new there has become durable. */
  forget(): void;
}

/** How much longer the rows of one query may become. */
const ROOM = 512 * 1024;

/** Puts the codec around the helper. */
export function createVaultWorld({ store, profiles, config, home }: VaultWorldOptions): VaultWorld {
  const plain = createHub(store.log);
  const trustOf = (endpoint: string) => {
    if (endpoint === REHEARSAL_ENDPOINT) return "local" as const;
    return profiles.resolve(endpoint)?.profile.trust ?? ("remote" as const);
  };
  const redaction = createRedaction({ table: store.vault, keyFile: home.vaultKey, config, trustOf });
  const hub: Hub = {
    ...plain,
    record: (drafts) => plain.record(redaction.drafts(drafts)),
    together: (work) => {
      try {
        return plain.together((record) => work((drafts) => record(redaction.drafts(drafts))));
      } catch (thrown) {
        // What was new in the vault went with the transaction.
        redaction.refresh();
        throw thrown;
      }
    },
  };
  const exporting = createExporting(store.log, redaction, config);
  return {
    hub,
    seen: { store: restoredStore(store, redaction), hub: restoredHub(hub, redaction) },
    ports: (ports, session) => replayingPorts(redactedPorts(ports, redaction, session), store.log),
    placeOf: (placeOf) => (session) => learningPlace(placeOf(session), redaction, session),
    query: (query) => ({
      run: async (sql, signal) => {
        const result = await query.run(sql, signal);
        return redaction.isUnused() ? result : createRestorer(redaction.resolve, ROOM).json(result, "anybody's");
      },
    }),
    vault: createVault(store.vault, redaction),
    exporting,
    forget: () => {
      redaction.refresh();
      exporting.forget();
    },
  };
}
