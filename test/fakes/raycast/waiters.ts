/** Whoever waits for something to become so. */
export class Waiters {
  readonly #wakers = new Set<() => void>();

  /** Has everybody look again. */
  wake(): void {
    for (const wake of [...this.#wakers]) wake();
  }

  /** Looks now and after every `wake` until there is something. Fails with `describe` after the time. */
  async until<T>(look: () => T | undefined, guardMs: number, describe: () => string): Promise<T> {
    const deadline = AbortSignal.timeout(guardMs);
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (deadline.aborted) throw new Error(`Still not so after ${guardMs} ms:\n${describe()}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#wakers.delete(wake);
          deadline.removeEventListener("abort", wake);
          resolve();
        };
        this.#wakers.add(wake);
        deadline.addEventListener("abort", wake);
      });
    }
  }

  /** The work's result, or undefined once `isOver` holds. */
  async unless<T>(isOver: () => boolean, work: Promise<T>): Promise<T | undefined> {
    let wake: () => void = () => undefined;
    const over = new Promise<undefined>((resolve) => {
      wake = () => {
        if (isOver()) resolve(undefined);
      };
      this.#wakers.add(wake);
    });
    try {
      return await Promise.race([work, over]);
    } finally {
      this.#wakers.delete(wake);
    }
  }
}
