/** What outlives a command: pass the same one to two launches to relaunch it. */
export interface Storage {
  local: Map<string, string | number | boolean>;
  cache: Map<string, string>;
  /** Values of a form with drafts that was closed before it was submitted. */
  draft: Record<string, unknown> | undefined;
}

/** An empty one, as after installing the extension. */
export function createStorage(): Storage {
  return { local: new Map(), cache: new Map(), draft: undefined };
}

/** `LocalStorage`: asynchronous, and without room for anything but strings, numbers and booleans. */
export function localStorage({ local }: Storage, changed: () => void) {
  return {
    getItem: async (key: string) => local.get(key),
    setItem: async (key: string, value: string | number | boolean) => {
      local.set(key, value);
      changed();
    },
    removeItem: async (key: string) => {
      local.delete(key);
      changed();
    },
    allItems: async () => Object.fromEntries(local),
    clear: async () => {
      local.clear();
      changed();
    },
  };
}

/** The class `Cache`, over the storage of one launch. */
export function cacheClass({ cache }: Storage) {
  const subscribers = new Set<(key: string | undefined, data: string | undefined) => void>();
  const tell = (key: string | undefined, data: string | undefined) =>
    subscribers.forEach((subscriber) => subscriber(key, data));
  return class Cache {
    readonly #prefix: string;

    constructor(options: { namespace?: string; capacity?: number } = {}) {
      this.#prefix = `${options.namespace ?? ""}/`;
    }

    get isEmpty(): boolean {
      return ![...cache.keys()].some((key) => key.startsWith(this.#prefix));
    }

    get(key: string): string | undefined {
      return cache.get(this.#prefix + key);
    }

    has(key: string): boolean {
      return cache.has(this.#prefix + key);
    }

    set(key: string, data: string): void {
      cache.set(this.#prefix + key, data);
      tell(key, data);
    }

    remove(key: string): boolean {
      const existed = cache.delete(this.#prefix + key);
      tell(key, undefined);
      return existed;
    }

    clear(options: { notifySubscribers?: boolean } = {}): void {
      for (const key of [...cache.keys()]) if (key.startsWith(this.#prefix)) cache.delete(key);
      if (options.notifySubscribers !== false) tell(undefined, undefined);
    }

    subscribe(subscriber: (key: string | undefined, data: string | undefined) => void): () => void {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    }
  };
}
