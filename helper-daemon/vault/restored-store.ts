import type { Entry } from "../../src/protocol/entries.ts";
import type { Rule } from "../../src/protocol/values.ts";
import { literalGlob } from "../../src/agent/policy/literal-glob.ts";
import type { HubEvent, Hub } from "../hub.ts";
import type { Store } from "../store/open-store.ts";
import { restoreRule } from "./redact-draft.ts";
import type { Redaction } from "./redaction.ts";
import { createRestorer, type Restorer } from "./restorer.ts";
import { searchRestored } from "./restored-search.ts";

/** How much longer one page of entries, one list or one burst may become by the values of its placeholders. */
const ROOM = 512 * 1024;

/** The store as faces and tools see it, with real values. The loop itself reads the trace as it is. */
export function restoredStore(store: Store, redaction: Redaction): Store {
  const everywhere = (): Restorer => createRestorer(redaction.resolve, ROOM);
  const whole = <T>(value: T): T => (redaction.isUnused() ? value : everywhere().json(value, "ours"));
  const { log, lists, cards, words, grants, overrides, routines, runs } = store;
  const ruleOf = (rule: Rule): Rule => {
    if (redaction.isUnused()) return rule;
    const inGlobs = createRestorer((token) => literal(redaction.resolve(token)), ROOM);
    return restoreRule(rule, inGlobs.text, (value) => everywhere().json(value, "ours"));
  };
  const rules = new WeakMap<readonly Rule[], readonly Rule[]>();
  return {
    ...store,
    log: {
      append: (drafts) => log.append(drafts),
      together: (work) => log.together(work),
      page: (session, after, limit) => restoreEntries(log.page(session, after, limit), redaction),
      all: (session, after) => restoreEntries(log.all(session, after), redaction),
      ofTurn: (turn, kind) => restoreEntries(log.ofTurn(turn, kind), redaction),
      lastSeq: () => log.lastSeq(),
    },
    lists: {
      ...lists,
      sessions: (page) => whole(lists.sessions(page)),
      session: (id) => whole(lists.session(id)),
      turns: (session) => whole(lists.turns(session)),
      open: () => whole(lists.open()),
    },
    cards: {
      ...cards,
      list: (options) => {
        const page = cards.list(options);
        return { ...page, cards: page.cards.map((card) => ({ ...whole(card), causes: card.causes })) };
      },
      find: (id) => {
        const card = cards.find(id);
        return { ...whole(card), causes: card.causes };
      },
      step: (id) => cards.step(id).map((card) => ({ ...whole(card), causes: card.causes })),
    },
    routines: {
      ...routines,
      find: (name) => whole(routines.find(name)),
      all: () => whole(routines.all()),
      toLookAt: (now, also) => whole(routines.toLookAt(now, also)),
    },
    runs: { ...runs, list: (query) => whole(runs.list(query)) },
    overrides: { of: (session) => whole(overrides.of(session)) },
    words: { ...words, search: searchRestored(words, redaction, whole) },
    grants: {
      all: () => grants.all().map(ruleOf),
      of: (session) => {
        const stored = grants.of(session);
        if (redaction.isUnused()) return stored;
        const known = rules.get(stored) ?? stored.map((rule) => ({ ...ruleOf(rule), grant: rule.grant }));
        rules.set(stored, known);
        return known;
      },
    },
  };
}

function literal(value: string | undefined): string | undefined {
  return value === undefined ? undefined : literalGlob(value);
}

/** What faces hear, with real values. */
export function restoredHub(hub: Hub, redaction: Redaction): Hub {
  let last: { event: HubEvent; restored: HubEvent } | undefined;
  const restored = (event: HubEvent): HubEvent => {
    if (event.type !== "entries" || redaction.isUnused()) return event;
    // Every connection hears the same event.
    if (last?.event !== event)
      last = { event, restored: { ...event, entries: restoreEntries(event.entries, redaction) } };
    return last.restored;
  };
  return { ...hub, listen: (listener) => hub.listen((event) => listener(restored(event))) };
}

/** Entries with the values of their own sessions' placeholders. */
function restoreEntries<E extends Entry>(entries: E[], redaction: Redaction): E[] {
  if (redaction.isUnused()) return entries;
  let session = "";
  const restorer = createRestorer((token) => redaction.resolveIn(session, token), ROOM);
  return entries.map((entry) => {
    session = entry.session;
    const isEnd = entry.kind === "turn.finished";
    const text = isEnd ? restorer.answer(entry.data.text) : "";
    const data = restorer.json<object>(entry.data, "ours");
    return data === entry.data ? entry : ({ ...entry, data: isEnd ? { ...data, text } : data } as E);
  });
}
