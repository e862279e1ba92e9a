import type { Settings } from "../src/agent/ports.ts";
import { LoopdError } from "../src/protocol/errors.ts";
import type { SessionId } from "../src/protocol/values.ts";
import { resolveCard } from "./cards.ts";
import type { ConfigFile } from "./config-file.ts";
import { createDelegates } from "./delegates.ts";
import { addGrant, withGrant } from "./grants.ts";
import { resolveStep } from "./step-cards.ts";
import { refuseSecondRun } from "./recovery.ts";
import type { Profiles } from "./endpoints/profiles.ts";
import { helperHandlers } from "./helper-handlers.ts";
import type { Home } from "./home.ts";
import type { FileHistory } from "./file-history.ts";
import type { Hub } from "./hub.ts";
import type { McpConfig } from "./mcp-config.ts";
import type { Memory } from "./memory.ts";
import type { Handlers } from "./methods.ts";
import { systemTokens } from "./prompt-cost.ts";
import { withTaintsOfHits, withTaintsOfRows } from "./recalled-taints.ts";
import { routineHandlers } from "./routines/routine-handlers.ts";
import type { Routines } from "./routines/routines.ts";
import type { Rules } from "./rules.ts";
import { createScreenHandlers } from "./screen-handlers.ts";
import { askCompaction } from "./session-compaction.ts";
import { createSessionForks } from "./session-forks.ts";
import type { SessionSettings } from "./session-overrides.ts";
import type { SessionState } from "./session-state.ts";
import type { Store } from "./store/open-store.ts";
import type { StateQuery } from "./store/state-query.ts";
import type { ToolWorld } from "./tool-world.ts";
import type { Exporting } from "./export/export-entries.ts";
import type { Retention } from "./retention.ts";
import { traceHandlers } from "./trace-handlers.ts";
import type { Turns } from "./turns.ts";
import type { Vault } from "./vault/vault.ts";

/** Everything the methods of the socket act on. */
export interface HandlersOptions {
  home: Home;
  store: Store;
  hub: Hub;
  turns: Turns;
  profiles: Profiles;
  tools: ToolWorld;
  files: FileHistory;
  state: SessionState;
  memory: Memory;
  overrides: SessionSettings;
  settings: (session: SessionId) => Settings;
  query: StateQuery;
  mcp: McpConfig;
  rules: Rules;
  routines: Routines;
  vault: Vault;
  file: ConfigFile;
  exporting: Exporting;
  retention: Retention;
  startedAt: number;
  /** Names this boot of the machine. */
  boot: string;
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
  tools,
  files,
  state,
  memory,
  overrides,
  settings,
  query,
  mcp,
  rules,
  routines,
  vault,
  file,
  exporting,
  retention,
  startedAt,
  boot,
  stop,
}: HandlersOptions): Handlers {
  const { lists, log, cards, words, taints } = store;
  const { catalogue, servers } = tools;
  const forks = createSessionForks(store, hub);
  const delegates = createDelegates({ store, hub, turns, profiles, tools });
  const screen = createScreenHandlers({
    screens: tools.screens,
    outputBytes: () => profiles.config().limits.toolOutputBytes,
    checkSession: lists.session,
  });
  return {
    "turn.submit": (params) => turns.submit(params),
    "turn.steer": ({ session, text }) => turns.steer(session, text),
    "turn.cancel": (params) => turns.cancel(params),
    "turn.list": () => ({ turns: lists.open() }),
    "turn.delegate": (params, _, origin) => delegates.start(params, origin),
    "turn.await": (params, signal, origin) => delegates.await(params, signal, origin),
    "session.list": (page) => lists.sessions(page),
    "session.show": ({ session }) => {
      const shown = { session: lists.session(session), turns: delegates.turns(session) };
      return { ...shown, overrides: overrides.of(session) };
    },
    "session.set": async (params) => ({ overrides: await overrides.set(params) }),
    "session.search": ({ query, limit }, _, origin) => withTaintsOfHits(words.search(query, limit), taints, origin),
    "session.fork": (params) => forks.fork(params),
    "session.clear": (params) => forks.clear(params),
    "session.compact": (params) => askCompaction({ store, hub, turns }, params),
    "session.window": async ({ session }) => {
      lists.session(session);
      const { sessionWindow } = await import("./session-window.ts");
      const entries = turns.history(session);
      return { window: sessionWindow({ session, entries, settings: settings(session) }) };
    },
    "session.undo-files": (params) => files.undo(params),
    "file.seen": (params, _, origin) => files.seen(params, origin),
    "file.changing": (params, _, origin) => files.changing(params, origin),
    "state.get": (params, _, origin) => state.get(params, origin),
    "state.set": (params, _, origin) => state.set(params, origin),
    "state.query": async ({ sql }, signal, origin) => withTaintsOfRows(await query.run(sql, signal), taints, origin),
    "memory.list": async (_, __, { caller }) => ({
      notes: await memory.list(),
      ...(caller === "face" ? { ignored: await memory.ignored() } : {}),
    }),
    "memory.read": ({ topic }, _, origin) => memory.read(topic, origin),
    "memory.write": async (params, _, origin) => ({ note: await memory.write(params, origin) }),
    "memory.forget": async ({ topic }, _, origin) => {
      await memory.forget(topic, origin);
      return {};
    },
    "memory.search": (params) => memory.search(params),
    "entries.read": ({ session, after, limit }) => {
      lists.session(session);
      const entries = log.page(session, after, limit);
      const isEnd = log.page(session, entries.at(-1)?.seq ?? after, 1).length === 0;
      return { entries, isEnd };
    },
    "card.list": (params) => {
      const page = cards.list(params);
      return { ...page, cards: page.cards.map((card) => withGrant(card, store)) };
    },
    "card.show": ({ cardId }) => ({ card: withGrant(cards.find(cardId), store) }),
    "card.resolve": async (params) => {
      await refuseSecondRun(store, boot, params);
      const card = resolveCard(store, hub, catalogue.book, params);
      turns.wake(card.session);
      return { card };
    },
    "card.resolve-step": (params) => {
      const { session, cards: answered } = resolveStep(store, hub, catalogue.book, params);
      turns.wake(session);
      return { cards: answered };
    },
    "grant.add": (params) => addGrant(store, hub, params),
    "rule.list": () => ({ rules: rules.list(), problem: rules.problem() }),
    "rule.add": (params) => ({ rule: rules.add(params) }),
    "rule.remove": ({ id }) => ({ rule: rules.remove(id) }),
    "rule.test": (params) => rules.test(params),
    "turn.stop-all": async (params) => {
      const at = turns.stopAll(params);
      await routines.pauseAll(params.by, params.why);
      // What a routine began before it was paused.
      const late = turns.stopAll(params);
      return { turns: [...new Set([...at.turns, ...late.turns])] };
    },
    "endpoint.list": () => ({ endpoints: profiles.list() }),
    "endpoint.show": ({ name }) => ({ endpoint: profiles.show(name) }),
    "endpoint.add": (params) => ({ endpoint: profiles.add(params) }),
    "endpoint.set": (params) => ({ endpoint: profiles.set(params) }),
    "endpoint.keep": (params) => ({ endpoint: profiles.keep(params) }),
    // Rarely asked for: not in memory before.
    "endpoint.probe": async ({ name }, signal) => {
      const { probeProfile } = await import("./endpoints/probe-profile.ts");
      return { endpoint: await probeProfile(profiles, name, signal) };
    },
    "endpoint.detect": async (params, signal) => {
      const { detectEndpoints } = await import("./endpoints/detect.ts");
      return { found: await detectEndpoints(profiles, params, signal) };
    },
    "endpoint.use": ({ name }) => ({ endpoint: profiles.use(name) }),
    "endpoint.remove": ({ name }) => {
      profiles.remove(name);
      return {};
    },
    "tool.list": () => ({ tools: catalogue.rows(), systemTokens: systemTokens(tools.person, memory.promptIndex()) }),
    "tool.show": ({ name }) => {
      const tool = catalogue.rows().find((row) => row.name === name);
      if (tool === undefined) throw new LoopdError("unknown-tool", catalogue.book.suggest(name));
      return { tool };
    },
    "mcp.list": async (_, signal) => ({ servers: await servers.status({ isStarting: false, signal }) }),
    "mcp.add": async (params) => ({ server: await mcp.add(params) }),
    "mcp.remove": ({ name }) => {
      mcp.remove(name);
      return {};
    },
    "mcp.status": async (params, signal) => ({ servers: await servers.status({ ...params, signal }) }),
    ...routineHandlers(routines),
    ...traceHandlers({ store, hub, turns, profiles, tools, overrides, exporting, retention }),
    ...screen,
    "vault.list": (params) => vault.list(params),
    "vault.forget": (params) => vault.forget(params),
    ...helperHandlers({ home, store, turns, profiles, tools, routines, vault, file, startedAt, stop }),
  };
}
