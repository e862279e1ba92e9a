import { LoopdError } from "../src/protocol/errors.ts";
import type { ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { Hub } from "./hub.ts";
import type { Origin } from "./methods.ts";
import type { Blobs } from "./store/blobs.ts";
import type { Store } from "./store/open-store.ts";

/** What sessions have seen of files and changed in them, and taking the changes back. */
export interface FileHistory {
  seen(params: ParsedParamsOf<"file.seen">, origin: Origin): ResultOf<"file.seen">;
  /** Recorded before the change, so that a crash in between leaves a change that can be undone. */
  changing(params: ParsedParamsOf<"file.changing">, origin: Origin): ResultOf<"file.changing">;
  /** Newest change first; a file that somebody else has changed since is left alone. */
  undo(params: ParsedParamsOf<"session.undo-files">): Promise<ResultOf<"session.undo-files">>;
}

/** The file history of every session of a store. */
export function createFileHistory(_: { store: Store; hub: Hub; blobs: Blobs }): FileHistory {
  const missing = () => {
    throw new LoopdError("internal", "not built yet");
  };
  return { seen: missing, changing: missing, undo: () => Promise.reject(new LoopdError("internal", "not built yet")) };
}
