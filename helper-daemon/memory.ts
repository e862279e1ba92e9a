import { LoopdError } from "../src/protocol/errors.ts";
import type { MemoryNote, ParsedParamsOf, ResultOf } from "../src/protocol/requests.ts";
import { nearNames } from "../src/tools/near-name.ts";
import type { Hub } from "./hub.ts";
import { MAX_NOTE_BYTES, type NoteFile, openMemoryFolder } from "./memory-folder.ts";
import * as words from "./memory-text.ts";
import type { Origin } from "./methods.ts";
import { sha256Of } from "../src/tools/files/file-state.ts";
import type { MemoryChange } from "./store/memory-outbox.ts";
import type { Store } from "./store/open-store.ts";

const MAX_TOPICS = 1_000;
/** A program that saves all the time must not keep a write busy for ever. */
const MAX_TRIES = 5;
/** The session of what belongs to no conversation. */
const HOME_SESSION = "home";

/** Long-lived notes: one Markdown file per topic in the home's `memory` folder, and `MEMORY.md`, the index of them. */
export interface Memory {
  /** Sorted by topic. */
  list(): Promise<MemoryNote[]>;
  /** Names in the folder that are no notes: of another kind, or such as no topic can have. */
  ignored(): Promise<string[]>;
  /** For a face with the comments that say who wrote what. @throws LoopdError `unknown-topic`, naming near ones. */
  read(topic: string, origin: Origin): Promise<ResultOf<"memory.read">>;
  /** Recorded in the trace, with who wrote it. @throws LoopdError `invalid-params` where it cannot be kept, `note-changed`. */
  write(params: Writing, origin: Origin): Promise<MemoryNote>;
  /** @throws LoopdError `unknown-topic`. */
  forget(topic: string, origin: Origin): Promise<void>;
  search(params: ParsedParamsOf<"memory.search">): Promise<ResultOf<"memory.search">>;
  /** Looks at the files again for `promptIndex`. Never rejects: without readable notes there are none. */
  refresh(): Promise<void>;
  /** What a model is told of the notes at the start of an epoch, as of the last `refresh`. */
  promptIndex(): string;
  /** Sources of what that quotes, where nobody vouches for it; the same array until the next `refresh`. */
  promptTaints(): readonly string[];
}

type Writing = ParsedParamsOf<"memory.write">;

/** What the notes are kept with. */
export interface MemoryOptions {
  folder: string;
  hub: Hub;
  store: Pick<Store, "outbox" | "taints">;
}

/** Opens the notes of a folder, which need not exist yet. One thing happens at a time. */
export function createMemory({ folder, hub, store: { outbox, taints } }: MemoryOptions): Memory {
  const notes = openMemoryFolder(folder);
  const known = new Map<string, { of: string; said: Pick<MemoryNote, "summary" | "sources"> }>();
  let prompt: words.PromptIndex = { text: "", sources: [] };
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  const noteOf = async ({ topic, bytes, modified }: NoteFile): Promise<MemoryNote> => {
    const of = `${bytes} ${modified}`;
    const before = known.get(topic);
    const said = before?.of === of ? before.said : saidBy(topic, (await notes.read(topic)).text);
    known.set(topic, { of, said });
    return { topic, ...said, bytes, updatedAt: new Date(modified).toISOString() };
  };
  const saidBy = (topic: string, text: string): Pick<MemoryNote, "summary" | "sources"> => {
    const sources = sourcesOf(topic, text);
    return { summary: words.summaryOf(text), ...(sources.length === 0 ? {} : { sources }) };
  };
  /** What a note carries as loopd wrote it. A person who has changed the file since vouches for it. */
  const sourcesOf = (topic: string, text: string): string[] => {
    const bytes = Buffer.from(text);
    return taints.ofContent({ sha256: sha256Of(bytes), bytes: bytes.length, path: `memory ${topic}` });
  };
  const list = async (): Promise<MemoryNote[]> => {
    const all: MemoryNote[] = [];
    for (const file of await notes.files()) all.push(await noteOf(file));
    await notes.writeIndex(words.indexFile(all)).catch(() => undefined);
    return all;
  };
  const found = async (topic: string): Promise<NoteFile> => {
    const file = await notes.find(topic);
    if (file !== undefined) return file;
    const topics = (await notes.files()).map((one) => one.topic);
    const near = nearNames(topic, topics, 3);
    const hint =
      near.length > 0
        ? ` Did you mean ${near.join(" or ")}?`
        : " See all with memory_list; a person with: loopd memory";
    throw new LoopdError("unknown-topic", `There is no note ${topic}.${hint}`);
  };
  /** Brings the file of a topic to its newest record, unless the person has changed it since: then false. */
  const apply = async (topic: string, seen: string | undefined, isOlder: (newest: MemoryChange) => boolean) => {
    const changes = outbox.pending().filter((change) => change.topic === topic);
    const newest = changes.at(-1);
    if (newest === undefined) return true;
    const { text } = newest;
    const isDone =
      isOlder(newest) && (await (text === undefined ? notes.remove(topic, seen) : notes.write(topic, text, seen)));
    outbox.written(changes);
    return isDone;
  };
  /** What a crash or a full disk left between record and file. What cannot be written now stays for later. */
  const recover = async () => {
    for (const topic of new Set(outbox.pending().map((change) => change.topic))) {
      const seen = await notes.fingerprint(topic);
      const file = (await notes.files()).find((one) => one.topic === topic);
      const isOlder = ({ text, at }: MemoryChange) =>
        file === undefined ? text !== undefined : Math.floor(file.modified) <= at;
      await apply(topic, seen, isOlder).catch(() => undefined);
    }
  };
  /** Records a change of what was `seen`, then makes it. False where a person's editor came between: decide again. */
  const change = async (
    topic: string,
    seen: string | undefined,
    { before, after, sources = [] }: { before?: string; after?: string; sources?: readonly string[] },
    origin: Origin,
  ) => {
    const { session, turn, callId } =
      origin.caller === "tool" ? origin : { session: HOME_SESSION, turn: undefined, callId: undefined };
    const data = { store: "memory" as const, key: topic, callId, before, after };
    const carried = sources.length === 0 ? {} : { taints: [...new Set(sources)] };
    hub.record([{ kind: "state.changed", session, turn, data: { ...data, ...carried } }]);
    const isDone = await apply(topic, seen, () => true);
    await list();
    return isDone;
  };
  /** Tries a change again, on what a person has saved meanwhile, as often as it takes; within reason. */
  const untilDone = async (topic: string, work: () => Promise<boolean>) => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) if (await work()) return;
    throw new LoopdError(
      "store-busy",
      `Another program keeps changing ${topic}.md, so it was left to that; try again.`,
    );
  };
  const writeOnce = async ({ topic: wanted, text, mode, was }: Writing, origin: Origin): Promise<boolean> => {
    const file = await notes.find(wanted);
    if (file === undefined && (await notes.files()).length >= MAX_TOPICS) {
      refuse(`There are ${MAX_TOPICS} topics already. Nothing was written; add to one of them, or forget one.`);
    }
    if (file === undefined && !(await notes.isFree(wanted))) {
      refuse(`Something other than a file is called ${wanted}.md. Nothing was written; use another topic.`);
    }
    const topic = file?.topic ?? wanted;
    const seen = file && (await notes.fingerprint(topic));
    const now = file && (await notes.read(topic));
    const before = now?.text;
    if (before !== undefined && origin.caller === "tool" && words.hasWritten(before, origin.callId)) return true;
    if (was !== undefined && was !== (before ?? "")) refuseChanged(topic);
    if (now?.isWhole === false) refuse(notKept(topic, file?.bytes ?? 0));
    const after = words.writtenFile(before, { text, mode }, origin, new Date());
    if (Buffer.byteLength(after) > MAX_NOTE_BYTES) refuse(tooLong(Buffer.byteLength(after)));
    const kept = before === undefined || mode === "replace" ? [] : sourcesOf(topic, before);
    const passed = origin.caller === "tool" ? taints.ofCall(origin.callId) : [];
    return change(topic, seen, { before, after, sources: [...kept, ...passed] }, origin);
  };

  return {
    ignored: () => notes.others(),
    list: () => inTurn(async () => recover().then(list)),
    read: (wanted, origin) =>
      inTurn(async () => {
        await recover();
        const { topic } = await found(wanted);
        const { text } = await notes.read(topic);
        const sources = sourcesOf(topic, text);
        const shown = { topic, text: origin.caller === "face" ? text : words.withoutProvenance(text) };
        return sources.length === 0 ? shown : { ...shown, taints: sources };
      }),
    write: (writing, origin) =>
      inTurn(async () => {
        await recover();
        await untilDone(writing.topic, () => writeOnce(writing, origin));
        return noteOf(await found(writing.topic));
      }),
    forget: (wanted, origin) =>
      inTurn(async () => {
        await recover();
        await untilDone(wanted, async () => {
          const { topic } = await found(wanted);
          const seen = await notes.fingerprint(topic);
          return change(topic, seen, { before: (await notes.read(topic)).text }, origin);
        });
      }),
    search: ({ query, limit }) =>
      inTurn(async () => {
        await recover();
        const hits: (ReturnType<typeof words.matchingLines>[number] & { topic: string; sources: string[] })[] = [];
        for (const { topic } of await notes.files()) {
          const { text: note } = await notes.read(topic);
          const lines = words.matchingLines(note, query).slice(0, limit);
          const sources = lines.length === 0 ? [] : sourcesOf(topic, note);
          hits.push(...lines.map((line) => ({ topic, sources, ...line })));
        }
        const best = hits.sort((a, b) => b.words - a.words).slice(0, limit);
        const sources = [...new Set(best.flatMap((hit) => hit.sources))];
        const shown = best.map(({ topic, line, text }) => ({ topic, line, text }));
        return { hits: shown, ...(sources.length === 0 ? {} : { taints: sources }) };
      }),
    refresh: async () => {
      const all = await inTurn(async () => recover().then(list)).catch(() => []);
      prompt = words.promptIndex(all);
    },
    promptIndex: () => prompt.text,
    promptTaints: () => prompt.sources,
  };
}

function tooLong(bytes: number): string {
  return `The note would have ${bytes} bytes; at most ${MAX_NOTE_BYTES} are kept. Nothing was written; replace it with a shorter one, or use another topic.`;
}

function notKept(topic: string, bytes: number): string {
  const why = bytes > MAX_NOTE_BYTES ? `is longer than ${MAX_NOTE_BYTES} bytes` : "is not UTF-8";
  return `The file ${topic}.md ${why}, so not all of it could be kept; it stays as the person made it. Nothing was written; use another topic.`;
}

function refuseChanged(topic: string): never {
  const words = `The note ${topic} has changed since you began to edit it. Nothing was written; look at it and edit it again.`;
  throw new LoopdError("note-changed", words);
}

function refuse(message: string): never {
  throw new LoopdError("invalid-params", message);
}
