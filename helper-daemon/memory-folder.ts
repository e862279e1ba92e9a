import { lstat, mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { topicSchema } from "../src/protocol/requests.ts";
import { sameTopic } from "./memory-text.ts";
import { asStoreError } from "./store/store-error.ts";

/** Most bytes of one note. */
export const MAX_NOTE_BYTES = 256 * 1024;
const INDEX = "MEMORY.md";

/** A note's file. */
export interface NoteFile {
  topic: string;
  bytes: number;
  /** Milliseconds since the Unix epoch. */
  modified: number;
}

/** The files of the notes: Markdown, one per topic, which a person may edit at any time. */
export interface MemoryFolder {
  /** Sorted by topic. Links, folders and files with other names are no notes. */
  files(): Promise<NoteFile[]>;
  /** The note that a topic means: that very name, else one that differs only in case or encoding. */
  find(topic: string): Promise<NoteFile | undefined>;
  /** Whether nothing at all has that topic's file name: a link would lead a note somewhere else. */
  isFree(topic: string): Promise<boolean>;
  /** Its first 256 KiB. */
  read(topic: string): Promise<string>;
  write(topic: string, text: string): Promise<void>;
  remove(topic: string): Promise<void>;
  /** Replaces `MEMORY.md` where it says something else. */
  writeIndex(text: string): Promise<void>;
}

/** The notes in a folder that need not exist yet. Errors of the disk are LoopdErrors. */
export function openMemoryFolder(folder: string): MemoryFolder {
  const pathOf = (topic: string) => join(folder, `${topic}.md`);
  const write = async (path: string, text: string) => {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFileAtomic(path, text, { mode: 0o600 });
    } catch (thrown) {
      throw asStoreError(thrown, path);
    }
  };
  const files = async () => {
    const found: NoteFile[] = [];
    for (const name of (await readdir(folder).catch(() => [])).sort()) {
      const topic = name.endsWith(".md") ? name.slice(0, -3) : "";
      if (!topicSchema.safeParse(topic).success) continue;
      const stats = await lstat(pathOf(topic)).catch(() => undefined);
      if (stats?.isFile() !== true) continue;
      found.push({ topic, bytes: stats.size, modified: stats.mtimeMs });
    }
    return found;
  };
  return {
    files,
    find: async (topic) => {
      const all = await files();
      return all.find((file) => file.topic === topic) ?? all.find((file) => sameTopic(file.topic) === sameTopic(topic));
    },
    isFree: (topic) =>
      lstat(pathOf(topic)).then(
        () => false,
        () => true,
      ),
    read: (topic) => readHead(pathOf(topic)),
    write: (topic, text) => write(pathOf(topic), text),
    remove: async (topic) => {
      await rm(pathOf(topic), { force: true }).catch((thrown: unknown) => {
        throw asStoreError(thrown, pathOf(topic));
      });
    },
    writeIndex: async (text) => {
      const path = join(folder, INDEX);
      const isThere = await lstat(folder).then(
        () => true,
        () => false,
      );
      if (isThere && (await readHead(path).catch(() => undefined)) !== text) await write(path, text);
    },
  };
}

async function readHead(path: string): Promise<string> {
  const file = await open(path).catch((thrown: unknown) => {
    throw asStoreError(thrown, path);
  });
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_NOTE_BYTES), 0, MAX_NOTE_BYTES, 0);
    return buffer
      .toString("utf8", 0, bytesRead)
      .replace(/^\uFEFF/, "")
      .replaceAll("\r\n", "\n");
  } finally {
    await file.close();
  }
}
