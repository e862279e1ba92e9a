/**
 * The results of work done at once. All of it ends before an error of one goes on: whoever tries again after an error
 * relies on it that nothing runs.
 */
export async function allEnded<T>(works: readonly Promise<T>[]): Promise<T[]> {
  const ends = await Promise.allSettled(works);
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}
