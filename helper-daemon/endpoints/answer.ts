import type { Answer, ServerEvent } from "./dialect.ts";

type Chunk = string | Uint8Array;

/** So much blank space in front of an answer is one that does not come. */
const MOST_BLANK_BYTES = 64 * 1024;

/**
 * An answer by what stands at its beginning: servers and the gateways before them name the wrong kind of content, or none.
 * `eventsOf` is the SDK's reader of server-sent events.
 */
export function answerOf(response: Response, eventsOf: (response: Response) => AsyncIterable<ServerEvent>): Answer {
  const chunks = response.body as unknown as AsyncIterable<Chunk>;
  return {
    async begin(alive) {
      const source = heard(chunks, alive);
      const held: Chunk[] = [];
      let opening = "";
      for (let bytes = 0; opening === "" && bytes < MOST_BLANK_BYTES;) {
        const next = await source.next();
        if (next.done === true) break;
        held.push(next.value);
        bytes += next.value.length;
        opening = Buffer.from(next.value)
          .toString("utf8")
          .replace(/^\ufeff/, "")
          .trimStart();
      }
      const body = rejoined(held, source);
      const { text } = await import("node:stream/consumers");
      return {
        opening,
        isStream: !/^[{["<]/.test(opening),
        text: () => text(body),
        events: () => eventsOf({ body } as unknown as Response),
      };
    },
  };
}

async function* heard(chunks: AsyncIterable<Chunk>, alive: () => void): AsyncGenerator<Chunk> {
  for await (const chunk of chunks) {
    alive();
    yield chunk;
  }
}

async function* rejoined(held: readonly Chunk[], rest: AsyncGenerator<Chunk>): AsyncGenerator<Chunk> {
  yield* held;
  yield* rest;
}
