import { LoopdError } from "../src/protocol/errors.ts";
import type { MemoryNote, ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import type { Hub } from "./hub.ts";
import type { Origin } from "./methods.ts";

/** Long-lived notes: one Markdown file per topic in the home's `memory` folder, and `MEMORY.md`, the index of them. */
export interface Memory {
  list(): Promise<MemoryNote[]>;
  /** @throws LoopdError `unknown-topic`, naming near ones. */
  read(topic: string): Promise<ResultOf<"memory.read">>;
  /** Recorded in the trace, with who wrote it. */
  write(params: ParsedParamsOf<"memory.write">, origin: Origin): Promise<MemoryNote>;
  /** @throws LoopdError `unknown-topic`. */
  forget(topic: string, origin: Origin): Promise<void>;
  search(params: ParsedParamsOf<"memory.search">): Promise<ResultOf<"memory.search">>;
}

/** Opens the notes of a folder, which need not exist yet. */
export function createMemory(_: { folder: string; hub: Hub }): Memory {
  const missing = () => Promise.reject(new LoopdError("internal", "not built yet"));
  return { list: missing, read: missing, write: missing, forget: missing, search: missing };
}
