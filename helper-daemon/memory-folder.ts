import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { LoopdError } from "../src/protocol/errors.ts";
import { topicSchema } from "../src/protocol/requests.ts";
import { fingerprintOf, presentFingerprint } from "../src/tools/files/file-state.ts";
import { removeFile, type Replaced, replaceFile, type Replacement } from "../src/tools/files/replace-file.ts";
import { sameTopic } from "./memory-text.ts";
import { asStoreError } from "./store/store-error.ts";

/** Most bytes of one note. */
export const MAX_NOTE_BYTES = 256 * 1024;
const INDEX = "MEMORY.md";
const MAX_OTHERS = 100;

/** A note's file. */
export interface NoteFile {
  topic: string;
  bytes: number;
  /** Milliseconds since the Unix epoch. */
  modified: number;
}

/** What is in a note's file. */
interface NoteText {
  /** Lines end with a line feed alone. */
  text: string;
  /** Nothing of the file is missing or was replaced. */
  isWhole: boolean;
}

/** The files of the notes: Markdown, one per topic, which a person may edit at any time. */
export interface MemoryFolder {
  /** Sorted by topic. Links, folders and files with other names are no notes. */
  files(): Promise<NoteFile[]>;
  /** What else a person has put there, and is no note; at most a hundred. */
  others(): Promise<string[]>;
  /** The note that a topic means: that very name, else one that differs only in case or encoding. */
  find(topic: string): Promise<NoteFile | undefined>;
  /** Whether nothing at all has that topic's file name: a link would lead a note somewhere else. */
  isFree(topic: string): Promise<boolean>;
  /** What a note says, and whether that is all: it may be longer than 256 KiB, or no UTF-8. */
  read(topic: string): Promise<NoteText>;
  /** Puts a text there, in the line endings of the file, unless the file is not as it was `seen`: then false. */
  write(topic: string, text: string, seen: string | undefined): Promise<boolean>;
  /** The same for removing it. */
  remove(topic: string, seen: string | undefined): Promise<boolean>;
  /** Tells whether a file changes; undefined where there is none. */
  fingerprint(topic: string): Promise<string | undefined>;
  /** Replaces `MEMORY.md` where it says something else, unless a person has put a link or a folder there. */
  writeIndex(text: string): Promise<void>;
}

/** The notes in a folder that need not exist yet. Errors of the disk are LoopdErrors. */
export function openMemoryFolder(folder: string): MemoryFolder {
  const pathOf = (topic: string) => join(folder, `${topic}.md`);
  /** Beside a folder that leads elsewhere the file would be looked for in vain. */
  const realPathIn = async (name: string) => join(await realpath(folder), name);
  const done = async (change: Promise<Replaced>, { path, expected }: Pick<Replacement, "path" | "expected">) => {
    const result = await change;
    if (result.type === "replaced") return true;
    if ((await presentFingerprint(path)) !== expected) return false;
    throw new LoopdError("store-failed", result.why);
  };
  const write = async (name: string, text: string, expected: string | undefined) => {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = await realPathIn(name);
      // Gone or a link by now: what is put there will be refused.
      const isCrlf = await readHead(path).then(
        ({ bytes }) => bytes.includes("\r\n"),
        () => false,
      );
      const bytes = Buffer.from(isCrlf ? text.replaceAll("\n", "\r\n") : text);
      return await done(replaceFile({ ...changeOf(path, expected), bytes, mode: 0o600 }), { path, expected });
    } catch (thrown) {
      throw asStoreError(thrown, join(folder, name));
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
    others: async () => {
      const noted = new Set((await files()).map(({ topic }) => `${topic}.md`));
      const names = (await readdir(folder).catch(() => [])).sort();
      // Beginning with a dot: what editors and systems leave.
      return names.filter((name) => name !== INDEX && !name.startsWith(".") && !noted.has(name)).slice(0, MAX_OTHERS);
    },
    find: async (topic) => {
      const all = await files();
      return all.find((file) => file.topic === topic) ?? all.find((file) => sameTopic(file.topic) === sameTopic(topic));
    },
    isFree: (topic) =>
      lstat(pathOf(topic)).then(
        () => false,
        () => true,
      ),
    read: async (topic) => noteText(await readHead(pathOf(topic))),
    write: (topic, text, seen) => write(`${topic}.md`, text, seen),
    remove: async (topic, expected) => {
      if (expected === undefined) return true;
      const path = await realPathIn(`${topic}.md`);
      return done(removeFile(changeOf(path, expected)), { path, expected });
    },
    fingerprint: (topic) => presentFingerprint(pathOf(topic)),
    writeIndex: async (text) => {
      const path = join(folder, INDEX);
      if ((await lstat(folder).catch(() => undefined)) === undefined) return;
      const stats = await lstat(path, { bigint: true }).catch(() => undefined);
      if (stats?.isFile() === false) return;
      const seen = stats && fingerprintOf(stats);
      if (seen === undefined || noteText(await readHead(path)).text !== text) await write(INDEX, text, seen);
    },
  };
}

function changeOf(path: string, expected: string | undefined): Replacement {
  return { path, expected, changeId: randomUUID(), signal: new AbortController().signal };
}

/** The first bytes of a regular file: a link that took its place would lead somewhere else, a pipe to nowhere. */
async function readHead(path: string): Promise<{ bytes: Buffer; size: number }> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((thrown: unknown) => {
    throw asStoreError(thrown, path);
  });
  try {
    const { size } = await file.stat();
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_NOTE_BYTES), 0, MAX_NOTE_BYTES, 0);
    return { bytes: buffer.subarray(0, bytesRead), size };
  } finally {
    await file.close();
  }
}

function noteText({ bytes, size }: { bytes: Buffer; size: number }): NoteText {
  const text = bytes
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .replaceAll("\r\n", "\n");
  return { text, isWhole: size <= bytes.length && isUtf8(bytes) };
}
