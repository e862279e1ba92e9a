import type { Connection } from "../../protocol/connect.ts";
import type { Entry } from "../../protocol/entries.ts";
import { asLoopdError } from "../../protocol/errors.ts";

const PAGE = 500;

/** All entries of a session, page by page, each of them `seen` as a whole before. */
export async function* readTrace(
  connection: Connection,
  session: string,
  seen: (page: readonly Entry[]) => void = () => {},
): AsyncGenerator<Entry> {
  const pages = entryPages((place) => connection.request("entries.read", { session, ...place }));
  for await (const page of pages) {
    seen(page);
    yield* page;
  }
}

/** The pages that a method gives; they shrink where entries are so large that a full one would not fit a frame. */
export async function* entryPages(
  read: (place: { after: number; limit: number }) => Promise<{ entries: Entry[]; isEnd: boolean }>,
): AsyncGenerator<readonly Entry[]> {
  let after = 0;
  let limit = PAGE;
  for (;;) {
    try {
      const { entries, isEnd } = await read({ after, limit });
      yield entries;
      const last = entries.at(-1);
      if (isEnd || last === undefined) return;
      after = last.seq;
    } catch (thrown) {
      if (asLoopdError(thrown).code !== "frame-too-large" || limit === 1) throw thrown;
      limit = Math.ceil(limit / 8);
    }
  }
}
