/** One end of a pair that carries messages in order. */
export interface Link {
  post(message: unknown): void;
  listen(listener: (message: unknown) => void): void;
}

type Method = (...values: unknown[]) => unknown;
/** The other side's methods, each answering later. */
export type Remote<M> = {
  [K in keyof M]: M[K] extends (...values: infer V) => infer R ? (...values: V) => Promise<Awaited<R>> : never;
};
type Message =
  | { type: "call"; id: number; method: string; values: unknown[] }
  | { type: "answer"; id: number; value?: unknown; error?: { name: string; message: string; stack?: string } };

/** Serves `methods` over a link and gives the other side's. Errors cross it by name and message. */
export function talk<M>(link: Link, methods: object): Remote<M> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 1;
  link.listen((raw) => {
    const message = raw as Message;
    if (message.type === "call") return void answer(link, methods, message);
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) call?.resolve(message.value);
    else call?.reject(Object.assign(new Error(message.error.message), message.error));
  });
  const call = (method: string, values: unknown[]) =>
    new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      link.post({ type: "call", id, method, values });
    });
  return new Proxy({} as Remote<M>, {
    get: (_target, name) => (name === "then" ? undefined : (...values: unknown[]) => call(String(name), values)),
  });
}

async function answer(link: Link, methods: object, message: Extract<Message, { type: "call" }>): Promise<void> {
  const { id, method, values } = message;
  try {
    const value: unknown = await (methods as Record<string, Method | undefined>)[method]?.(...values);
    link.post({ type: "answer", id, value });
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    link.post({ type: "answer", id, error: { name: error.name, message: error.message, stack: error.stack } });
  }
}

/** Two ends in one process that pass nothing but copies, as two processes would. */
export function linkedPair(): [Link, Link] {
  const end = (): { link: Link; listeners: ((message: unknown) => void)[]; other?: () => ((m: unknown) => void)[] } => {
    const made: ReturnType<typeof end> = {
      listeners: [],
      link: {
        listen: (listener) => void made.listeners.push(listener),
        post: (message) => {
          const copy: unknown = structuredClone(message);
          queueMicrotask(() => made.other?.().forEach((listener) => listener(copy)));
        },
      },
    };
    return made;
  };
  const [left, right] = [end(), end()];
  left.other = () => right.listeners;
  right.other = () => left.listeners;
  return [left.link, right.link];
}
