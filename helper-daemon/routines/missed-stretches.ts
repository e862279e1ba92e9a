import type { Trigger } from "../../src/protocol/routine.ts";
import type { Millis } from "../../src/protocol/values.ts";
import type { Absence, SlotStretch } from "./routine-plan.ts";
import type { Slots } from "./slots.ts";
import { slotsOf } from "./trigger-slots.ts";

type Unserved = {
  slots: Slots;
  from: Millis;
  to: Millis;
  /** Slots that have or get a run. */
  taken: readonly Millis[];
  absences: readonly Absence[];
  tooMany: { from: Millis; to: Millis } | undefined;
};

/** All slots in (from, to] that are not taken, as few stretches as there are reasons one after the other. */
export function missedStretches({ slots, from, to, taken, absences, tooMany }: Unserved): SlotStretch[] {
  const reasons = [...(tooMany === undefined ? [] : [{ ...tooMany, reason: "too-many" as const }]), ...absences];
  const stretches: SlotStretch[] = [];
  for (const [start, end] of spansBetween(from, to, taken)) {
    const inSpan: SlotStretch[] = [];
    const cuts = reasons.flatMap((one) => [one.from, one.to]).filter((cut) => cut > start && cut < end);
    const edges = [start, ...[...new Set(cuts)].sort((a, b) => a - b), end];
    for (const [index, high] of edges.entries()) {
      const low = edges[index - 1];
      if (low === undefined) continue;
      const reason = reasons.find((one) => one.from <= low && high <= one.to)?.reason ?? "held-up";
      const stretch = stretchIn(slots, low, high, reason);
      const last = inSpan.at(-1);
      if (stretch === undefined) continue;
      if (last?.reason === reason)
        inSpan[inSpan.length - 1] = { ...last, to: stretch.to, count: last.count + stretch.count };
      else inSpan.push(stretch);
    }
    stretches.push(...inSpan);
  }
  return stretches;
}

/** What is left of a stretch if everything after `at` has not come yet, since the clock was set back to it. */
export function cutStretch(trigger: Trigger, stretch: SlotStretch, at: Millis): SlotStretch | undefined {
  if (stretch.to <= at) return stretch;
  return stretchIn(slotsOf(trigger, []), stretch.from - 1, at, stretch.reason);
}

/** The stretch of all slots in (from, to]; undefined if there are none. */
export function stretchIn(
  slots: Slots,
  from: Millis,
  to: Millis,
  reason: SlotStretch["reason"],
): SlotStretch | undefined {
  const count = slots.countIn(from, to);
  if (count === 0) return undefined;
  const first = slots.after(from);
  const last = count === 1 ? first : slots.upTo(to);
  return first === undefined || last === undefined ? undefined : { from: first, to: last, count, reason };
}

/** The spans, without their beginning, that (from, to] falls into without the taken slots. */
function spansBetween(from: Millis, to: Millis, taken: readonly Millis[]): [Millis, Millis][] {
  const spans: [Millis, Millis][] = [];
  let start = from;
  for (const slot of [...taken].sort((a, b) => a - b)) {
    if (slot <= start || slot > to) continue;
    spans.push([start, slot - 1]);
    start = slot;
  }
  return [...spans, [start, to]];
}
