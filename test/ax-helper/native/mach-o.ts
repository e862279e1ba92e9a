import { createHash } from "node:crypto";

/** What the tests need to know of a Mach-O program. */
export interface MachO {
  architecture: "arm64" | "x86_64" | "other";
  minimumMacOs: string;
  libraries: string[];
  /** Imported symbols with the library that each is bound to. */
  imports: { symbol: string; library: string }[];
  /** The bytes of a section, by `segment,section`. */
  sections: Map<string, Buffer>;
  signature: Signature | undefined;
}

/** The code directory of an embedded signature. */
interface Signature {
  isAdHoc: boolean;
  identifier: string;
  /** Bytes that the page hashes cover, and where the signature begins. */
  codeLimit: number;
  at: number;
  pages: number;
  /** Pages whose SHA-256 is not what the directory says. */
  wrongPages: number;
}

const MAGIC_64 = 0xfeedfacf;
const ARCHITECTURES: Record<number, MachO["architecture"]> = { 0x0100000c: "arm64", 0x01000007: "x86_64" };
const SEGMENT_64 = 0x19;
const SYMBOLS = 0x2;
const LOAD_LIBRARY = 0xc;
const CODE_SIGNATURE = 0x1d;
const BUILD_VERSION = 0x32;

const textAt = (bytes: Buffer, at: number) => bytes.toString("latin1", at, bytes.indexOf(0, at));
const fixedText = (bytes: Buffer, at: number) => bytes.toString("latin1", at, at + 16).replace(/\0.*$/s, "");

/** Parses a thin 64-bit little-endian program. Throws for anything else. */
export function parseMachO(file: Buffer): MachO {
  if (file.readUInt32LE(0) !== MAGIC_64) throw new Error("not a thin 64-bit Mach-O");
  const program: MachO = {
    architecture: ARCHITECTURES[file.readUInt32LE(4)] ?? "other",
    minimumMacOs: "",
    libraries: [],
    imports: [],
    sections: new Map(),
    signature: undefined,
  };
  let symbols: number | undefined;
  for (let index = 0, at = 32; index < file.readUInt32LE(16); index++, at += file.readUInt32LE(at + 4)) {
    switch (file.readUInt32LE(at)) {
      case SEGMENT_64:
        readSections(file, at, program.sections);
        break;
      case SYMBOLS:
        symbols = at;
        break;
      case LOAD_LIBRARY:
        program.libraries.push(textAt(file, at + file.readUInt32LE(at + 8)));
        break;
      case BUILD_VERSION:
        program.minimumMacOs = `${file.readUInt16LE(at + 14)}.${file.readUInt8(at + 13)}`;
        break;
      case CODE_SIGNATURE:
        program.signature = readSignature(file, file.readUInt32LE(at + 8));
        break;
    }
  }
  if (symbols !== undefined) program.imports = readImports(file, symbols, program.libraries);
  return program;
}

function readSections(file: Buffer, at: number, sections: MachO["sections"]): void {
  const count = file.readUInt32LE(at + 64);
  for (let index = 0, section = at + 72; index < count; index++, section += 80) {
    const [size, offset] = [Number(file.readBigUInt64LE(section + 40)), file.readUInt32LE(section + 48)];
    const name = `${fixedText(file, section + 16)},${fixedText(file, section)}`;
    sections.set(name, offset === 0 ? Buffer.alloc(0) : file.subarray(offset, offset + size));
  }
}

function readImports(file: Buffer, at: number, libraries: string[]): MachO["imports"] {
  const [table, count, strings] = [8, 12, 16].map((field) => file.readUInt32LE(at + field)) as [number, number, number];
  const imports: MachO["imports"] = [];
  for (let entry = table; entry < table + count * 16; entry += 16) {
    const type = file.readUInt8(entry + 4);
    const isUndefined = (type & 0x0e) === 0 && (type & 0x01) === 1;
    const symbol = textAt(file, strings + file.readUInt32LE(entry));
    const library = libraries[(file.readUInt16LE(entry + 6) >> 8) - 1] ?? "";
    if (isUndefined) imports.push({ symbol, library });
  }
  return imports;
}

function readSignature(file: Buffer, at: number): Signature | undefined {
  if (file.readUInt32BE(at) !== 0xfade0cc0) return undefined;
  for (let index = 0; index < file.readUInt32BE(at + 8); index++) {
    const directory = at + file.readUInt32BE(at + 12 + index * 8 + 4);
    if (file.readUInt32BE(directory) !== 0xfade0c02) continue;
    const [hashes, pages, codeLimit] = [16, 28, 32].map((field) => file.readUInt32BE(directory + field)) as [
      number,
      number,
      number,
    ];
    const [hashSize, hashType, pageBits] = [36, 37, 39].map((field) => file.readUInt8(directory + field)) as [
      number,
      number,
      number,
    ];
    if (hashSize !== 32 || hashType !== 2) throw new Error("not SHA-256");
    let wrongPages = 0;
    for (let page = 0; page < pages; page++) {
      const code = file.subarray(page << pageBits, Math.min((page + 1) << pageBits, codeLimit));
      const told = file.subarray(directory + hashes + page * 32, directory + hashes + (page + 1) * 32);
      if (!createHash("sha256").update(code).digest().equals(told)) wrongPages++;
    }
    const isAdHoc = (file.readUInt32BE(directory + 12) & 0x2) !== 0;
    const identifier = textAt(file, directory + file.readUInt32BE(directory + 20));
    return { isAdHoc, identifier, codeLimit, at, pages, wrongPages };
  }
  return undefined;
}
