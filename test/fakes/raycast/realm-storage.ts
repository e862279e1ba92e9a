import type { HostMethods, Start } from "./messages.ts";
import type { Remote } from "./peer.ts";

/** `LocalStorage`: asynchronous, and without room for anything but strings, numbers and booleans. */
export function localStorage(start: Start, host: Remote<HostMethods>) {
  const values = new Map(Object.entries(start.local));
  const changed = () => host.stored("local", Object.fromEntries(values));
  return {
    getItem: async (key: string) => values.get(key),
    setItem: async (key: string, value: string | number | boolean) => {
      values.set(key, value);
      await changed();
    },
    removeItem: async (key: string) => {
      values.delete(key);
      await changed();
    },
    allItems: async () => Object.fromEntries(values),
    clear: async () => {
      values.clear();
      await changed();
    },
  };
}

/** The class `Cache`: every instance of a namespace sees the same values, and what is set outlives the command. */
export function cacheClass(start: Start, host: Remote<HostMethods>) {
  const values = new Map(Object.entries(start.cache));
  const subscribers = new Map<string, Set<(key: string | undefined, data: string | undefined) => void>>();
  const changed = () => void host.stored("cache", Object.fromEntries(values));
  return class Cache {
    readonly #prefix: string;

    constructor(options: { namespace?: string; capacity?: number } = {}) {
      this.#prefix = `${options.namespace ?? ""}/`;
    }

    get isEmpty(): boolean {
      return ![...values.keys()].some((key) => key.startsWith(this.#prefix));
    }

    get(key: string): string | undefined {
      return values.get(this.#prefix + key);
    }

    has(key: string): boolean {
      return values.has(this.#prefix + key);
    }

    set(key: string, data: string): void {
      values.set(this.#prefix + key, data);
      changed();
      this.#tell(key, data);
    }

    remove(key: string): boolean {
      const existed = values.delete(this.#prefix + key);
      changed();
      this.#tell(key, undefined);
      return existed;
    }

    clear(options: { notifySubscribers?: boolean } = {}): void {
      for (const key of [...values.keys()]) if (key.startsWith(this.#prefix)) values.delete(key);
      changed();
      if (options.notifySubscribers !== false) this.#tell(undefined, undefined);
    }

    /** Bound, as in Raycast: hooks hand it on by itself. */
    readonly subscribe = (subscriber: (key: string | undefined, data: string | undefined) => void): (() => void) => {
      const own = subscribers.get(this.#prefix) ?? new Set();
      subscribers.set(this.#prefix, own.add(subscriber));
      return () => own.delete(subscriber);
    };

    #tell(key: string | undefined, data: string | undefined): void {
      subscribers.get(this.#prefix)?.forEach((subscriber) => subscriber(key, data));
    }
  };
}
