/**
 * The sets with one more. Sets of like size are merged, so that there are few of them and an id is copied only some
 * times however long the session grows: one set copied with each response made taking up a long session quadratic.
 */
export function withWireIds(
  sets: readonly ReadonlySet<string>[],
  fresh: ReadonlySet<string>,
): readonly ReadonlySet<string>[] {
  if (fresh.size === 0) return sets;
  const last = sets.at(-1);
  if (last === undefined || last.size > fresh.size) return [...sets, fresh];
  return withWireIds(sets.slice(0, -1), new Set([...last, ...fresh]));
}
