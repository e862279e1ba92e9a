import { LoopdError } from "../src/protocol/errors.ts";
import { PROTOCOL_VERSION } from "../src/protocol/requests.ts";
import { VERSION } from "../src/protocol/version.ts";
import type { Catalogue } from "../src/tools/catalogue.ts";
import { resolveCard } from "./cards.ts";
import type { Profiles } from "./endpoints/profiles.ts";
import type { Home } from "./home.ts";
import type { Hub } from "./hub.ts";
import type { Handlers } from "./socket-server.ts";
import type { Store } from "./store/open-store.ts";
import type { Turns } from "./turns.ts";

/** Everything the methods of the socket act on. */
export interface HandlersOptions {
  home: Home;
  store: Store;
  hub: Hub;
  turns: Turns;
  profiles: Profiles;
  catalogue: Catalogue;
  startedAt: number;
  /** Ends the helper after the answer has left. */
  stop(): void;
}

/** The table of the socket: what each method does. */
export function createHandlers({
  home,
  store,
  hub,
  turns,
  profiles,
  catalogue,
  startedAt,
  stop,
}: HandlersOptions): Handlers {
  const { lists, log, cards, words } = store;
  return {
    "turn.submit": (params) => turns.submit(params),
    "turn.steer": ({ session, text }) => turns.steer(session, text),
    "turn.cancel": (params) => turns.cancel(params),
    "session.list": ({ limit }) => ({ sessions: lists.sessions(limit) }),
    "session.show": ({ session }) => ({ session: lists.session(session), turns: lists.turns(session) }),
    "session.search": ({ query, limit }) => ({ hits: words.search(query, limit) }),
    "entries.read": ({ session, after, limit }) => {
      lists.session(session);
      const entries = log.page(session, after, limit);
      const isEnd = log.page(session, entries.at(-1)?.seq ?? after, 1).length === 0;
      return { entries, isEnd };
    },
    "card.list": (params) => ({ cards: cards.list(params) }),
    "card.resolve": (params) => {
      const card = resolveCard(store, hub, params);
      turns.wake(card.session);
      return { card };
    },
    "endpoint.list": () => ({ endpoints: profiles.list() }),
    "endpoint.show": ({ name }) => ({ endpoint: profiles.show(name) }),
    "endpoint.add": (params) => ({ endpoint: profiles.add(params) }),
    "endpoint.set": (params) => ({ endpoint: profiles.set(params) }),
    "endpoint.use": ({ name }) => ({ endpoint: profiles.use(name) }),
    "endpoint.remove": ({ name }) => {
      profiles.remove(name);
      return {};
    },
    "tool.list": () => ({ tools: catalogue.rows() }),
    "tool.show": ({ name }) => {
      const tool = catalogue.rows().find((row) => row.name === name);
      if (tool === undefined) throw new LoopdError("unknown-tool", catalogue.book.suggest(name));
      return { tool };
    },
    "helper.status": () => ({
      pid: process.pid,
      version: VERSION,
      protocolVersion: PROTOCOL_VERSION,
      home: home.folder,
      uptimeMs: Date.now() - startedAt,
      rssBytes: process.memoryUsage.rss(),
      runningTurns: turns.running(),
      pendingApprovals: cards.pendingCount(),
      endpoint: profiles.active(),
      lastSeq: log.lastSeq(),
    }),
    "helper.stop": () => {
      setImmediate(stop);
      return {};
    },
  };
}
