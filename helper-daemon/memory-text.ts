import { memoryIndex } from "../src/agent/context/memory-index.ts";
import type { MemoryNote } from "../src/protocol/requests.ts";
import { plainLine } from "../src/tools/visible-text.ts";
import type { Origin } from "./methods.ts";

/** Topics whose names differ only in case, width or accents' encoding are one. */
export function sameTopic(topic: string): string {
  return topic.normalize("NFKC").toLowerCase().normalize("NFKC");
}

const PROVENANCE = /^<!-- loopd \d{4}-[\d:.TZ-]+ by .*-->$/;
const BY_PERSON = /^<!-- loopd \d{4}-[\d:.TZ-]+ by person -->$/;

/** Who wrote what follows, as a comment of its own line: hidden from models, shown to the person. */
function provenance(at: Date, origin: Origin): string {
  if (origin.caller === "face") return `<!-- loopd ${at.toISOString()} by person -->`;
  const { session, turn, callId } = origin;
  return `<!-- loopd ${at.toISOString()} by model, session ${session}, turn ${turn}, call ${callId} -->`;
}

/** Whether a call has written to a file before: it runs again after a crash, and must not append twice. */
export function hasWritten(file: string, callId: string): boolean {
  return file.includes(`, call ${callId} -->`);
}

/** The file with a text added, or with nothing but that text. Only loopd says who wrote what. */
export function writtenFile(
  file: string | undefined,
  { text, mode }: { text: string; mode: "append" | "replace" },
  origin: Origin,
  at: Date,
): string {
  const isPerson = origin.caller === "face";
  // A person edits the whole file, what models wrote in it included, so its comments stay.
  const own = isPerson ? withoutLines(text, BY_PERSON) : text.replace(/<!--(?=\s*loopd\b)/gi, "<!-- quoted:");
  const added = `${provenance(at, origin)}\n${own.trim()}\n`;
  return mode === "append" && file !== undefined ? `${file.trimEnd()}\n\n${added}` : added;
}

/** A file as a model reads it. */
export function withoutProvenance(file: string): string {
  return withoutLines(file, PROVENANCE).trim();
}

function withoutLines(text: string, pattern: RegExp): string {
  const lines = text.split("\n").filter((line) => !pattern.test(line.trimEnd()));
  return lines.join("\n");
}

/** The first line that says something, without the marks of a heading or list. */
export function summaryOf(file: string): string {
  const line = file.split("\n").find((one) => one.trim() !== "" && !PROVENANCE.test(one.trimEnd())) ?? "";
  return plainLine(line.replace(/^[\s#>*-]+/, ""), 120);
}

/** Lines that hold the most of the words first; none where no line holds any. Case and accents do not count. */
export function matchingLines(file: string, query: string): { line: number; text: string; words: number }[] {
  const words = [...new Set(folded(query).match(/[\p{L}\p{N}]+/gu) ?? [])];
  return file.split("\n").flatMap((text, index) => {
    if (PROVENANCE.test(text.trimEnd())) return [];
    const line = folded(text);
    const found = words.filter((word) => line.includes(word)).length;
    return found === 0 ? [] : [{ line: index + 1, text: plainLine(text, 200), words: found }];
  });
}

function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** `MEMORY.md`: every topic with its first line and its day. */
export function indexFile(notes: readonly MemoryNote[]): string {
  const lines = notes.map(({ topic, summary, updatedAt }) => `- ${topic}: ${summary} (${updatedAt.slice(0, 10)})`);
  return ["# Memory", "", "Made by loopd from the files of this folder; edit those.", "", ...lines, ""].join("\n");
}

/** Bytes that the notes may take of a system text: 300 tokens. */
const INDEX_BYTES = 1_050;
/** More of them would not fit, however short they are. */
const MOST_LINES = 300;

/** What a model is told of the notes when an epoch opens, and the sources of what that quotes. */
export interface PromptIndex {
  text: string;
  sources: readonly string[];
}

/** The newest notes, as many as fit. Empty where there is none. */
export function promptIndex(notes: readonly MemoryNote[]): PromptIndex {
  if (notes.length === 0) return { text: "", sources: [] };
  const newest = [...notes].sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
  const lines = newest.slice(0, MOST_LINES).map(({ topic, summary }) => `- ${topic}: ${plainLine(summary, 60)}`);
  const text = memoryIndex(lines, newest.length - lines.length, INDEX_BYTES);
  const shown = text.split("\n").filter((line) => line.startsWith("- ")).length;
  return { text, sources: [...new Set(newest.slice(0, shown).flatMap(({ sources = [] }) => sources))] };
}
