import type { Entry, EntryDraft } from "../protocol/entries.ts";
import { LoopdError } from "../protocol/errors.ts";
import { fold } from "./fold.ts";
import type { Ports } from "./ports.ts";
import type { TurnView } from "./transcript.ts";

/**
 * What the loop knows and has not recorded yet. Recording is what costs time, so what follows from a result without
 * touching the world (its calls, their decisions, the start of the next thing) is recorded together with it, in one
 * transaction, right before the world is touched. `facts` are results: kept whatever happens. `derived` was decided on
 * a view that somebody else's entry may change: then it is dropped and decided again.
 */
export interface Ahead {
  /** Everything recorded. */
  view: TurnView;
  facts: EntryDraft[];
  derived: EntryDraft[];
  /** The view with facts and derived folded in; what `nextStep` is asked about. */
  now: TurnView;
}

/** Nothing is ahead of the record. */
export function nothingAhead(view: TurnView): Ahead {
  return { view, facts: [], derived: [], now: view };
}

/** Takes in what anybody recorded; on news, what was derived without them is void. */
export async function catchUp(ports: Ports, ahead: Ahead): Promise<Ahead> {
  const news = await ports.read(ahead.view.seq);
  if (news.length === 0) return ahead;
  return withFacts(nothingAhead(news.reduce(fold, ahead.view)), ahead.facts);
}

/** Adds results of what the loop did. */
export function withFacts(ahead: Ahead, facts: EntryDraft[]): Ahead {
  return { ...ahead, facts: [...ahead.facts, ...facts], now: facts.reduce(fold, ahead.now) };
}

/** Adds what was decided. */
export function withDerived(ahead: Ahead, derived: EntryDraft[]): Ahead {
  return { ...ahead, derived: [...ahead.derived, ...derived], now: derived.reduce(fold, ahead.now) };
}

/** What became of recording. Without `entries`, somebody else's entry came first: only the facts were kept. */
export interface Flushed {
  ahead: Ahead;
  entries?: Entry[];
}

/**
 * Records everything ahead. Called without waiting in between after `catchUp`, so that nobody's entry comes between
 * what was decided and its record; only a record that had to wait for the disk can find that a person was faster.
 */
export async function flush(ports: Ports, ahead: Ahead): Promise<Flushed> {
  const { facts, derived, view } = ahead;
  if (facts.length + derived.length === 0) return { ahead, entries: [] };
  try {
    const entries = await ports.record([...facts, ...derived]);
    return { ahead: await catchUp(ports, nothingAhead(view)), entries };
  } catch (thrown) {
    if (derived.length === 0 || !isOvertaken(thrown)) throw thrown;
    if (facts.length > 0) await ports.record(facts);
    return { ahead: await catchUp(ports, nothingAhead(view)) };
  }
}

function isOvertaken(thrown: unknown): boolean {
  return thrown instanceof LoopdError && thrown.code === "card-resolved";
}
