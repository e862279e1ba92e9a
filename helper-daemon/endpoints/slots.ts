/** Lets so many requests at once through to each endpoint, the others in the order they came, but people before routines. */
export interface Slots {
  /** Resolves with the function that gives the slot back (to be called once), or with undefined once `signal` is aborted. */
  acquire(endpoint: string, slots: number, rank: Rank, signal: AbortSignal): Promise<(() => void) | undefined>;
}

/** For whom a request is. */
type Rank = "person" | "routine";

interface Queue {
  busy: number;
  slots: number;
  waiting: { rank: Rank; enter(): void }[];
}

/** Creates the queues. The newest number of slots counts, so a changed profile takes effect at once. */
export function createSlots(): Slots {
  const queues = new Map<string, Queue>();

  function admit(endpoint: string, queue: Queue): void {
    while (queue.busy < queue.slots && queue.waiting.length > 0) {
      const first = Math.max(
        0,
        queue.waiting.findIndex(({ rank }) => rank === "person"),
      );
      for (const { enter } of queue.waiting.splice(first, 1)) enter();
    }
    if (queue.busy === 0 && queue.waiting.length === 0) queues.delete(endpoint);
  }

  return {
    acquire(endpoint, slots, rank, signal) {
      if (signal.aborted) return Promise.resolve(undefined);
      const queue = queues.get(endpoint) ?? { busy: 0, slots, waiting: [] };
      queues.set(endpoint, queue);
      queue.slots = slots;
      const release = () => {
        queue.busy -= 1;
        admit(endpoint, queue);
      };
      return new Promise((resolve) => {
        const enter = () => {
          signal.removeEventListener("abort", leave);
          queue.busy += 1;
          resolve(release);
        };
        const leave = () => {
          queue.waiting = queue.waiting.filter((other) => other.enter !== enter);
          resolve(undefined);
        };
        signal.addEventListener("abort", leave, { once: true });
        queue.waiting.push({ rank, enter });
        admit(endpoint, queue);
      });
    },
  };
}
