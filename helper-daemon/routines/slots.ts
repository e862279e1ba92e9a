import type { Millis } from "../../src/protocol/values.ts";

/** The instants at which a routine is to run: rising, no two the same. */
export type Slots = {
  /** The first one after an instant. */
  after(instant: Millis): Millis | undefined;
  /** The last one up to and including an instant. */
  upTo(instant: Millis): Millis | undefined;
  /** How many there are in (from, to], in about the time that a look at each day takes. */
  countIn(from: Millis, to: Millis): number;
};

/** At most `limit` slots in (from, to], the first ones. */
export function firstSlots(slots: Slots, from: Millis, to: Millis, limit: number): Millis[] {
  const found: Millis[] = [];
  let slot = slots.after(from);
  while (slot !== undefined && slot <= to && found.length < limit) {
    found.push(slot);
    slot = slots.after(slot);
  }
  return found;
}

/** At most `limit` slots in (from, to], the last ones, in order. */
export function lastSlots(slots: Slots, from: Millis, to: Millis, limit: number): Millis[] {
  const found: Millis[] = [];
  let slot = slots.upTo(to);
  while (slot !== undefined && slot > from && found.length < limit) {
    found.push(slot);
    slot = slots.upTo(slot - 1);
  }
  return found.reverse();
}
