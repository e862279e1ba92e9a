/** First bytes of common kinds of files, and where they stand. */
const SIGNATURES: readonly (readonly [kind: string, hexadecimal: string, offset: number])[] = [
  ["a PNG image", "89504e47", 0],
  ["a JPEG image", "ffd8ff", 0],
  ["a GIF image", "47494638", 0],
  ["a WebP image", "57454250", 8],
  ["a TIFF image", "49492a00", 0],
  ["a PDF document", "25504446", 0],
  ["a ZIP archive or an Office document", "504b0304", 0],
  ["gzip data", "1f8b", 0],
  ["a Zstandard archive", "28b52ffd", 0],
  ["an xz archive", "fd377a585a00", 0],
  ["a bzip2 archive", "425a68", 0],
  ["a 7-Zip archive", "377abcaf271c", 0],
  ["a tar archive", "7573746172", 257],
  ["an SQLite database", "53514c69746520666f726d61742033", 0],
  ["a binary property list", "62706c697374", 0],
  ["a Linux program", "7f454c46", 0],
  ["a macOS program", "cffaedfe", 0],
  ["a macOS program", "cafebabe", 0],
  ["a Windows program", "4d5a", 0],
  ["an MPEG-4 file", "66747970", 4],
  ["Matroska video", "1a45dfa3", 0],
  ["an Ogg file", "4f676753", 0],
  ["FLAC audio", "664c6143", 0],
  ["MP3 audio", "494433", 0],
  ["WebAssembly", "0061736d", 0],
];

/** What the first bytes of a file (or of a program's output) look like, in words with an article; undefined if nothing known. */
export function knownKind(start: Buffer): string | undefined {
  const found = SIGNATURES.find(([, signature, offset]) => {
    const bytes = Buffer.from(signature, "hex");
    return start.subarray(offset, offset + bytes.length).equals(bytes);
  });
  return found?.[0];
}

/** Whether bytes are no text in any encoding that keeps ASCII: they hold a NUL, or many other control characters. */
export function looksBinary(start: Buffer): boolean {
  if (start.includes(0)) return true;
  let controls = 0;
  for (const byte of start) if (byte < 9 || (byte > 13 && byte < 27) || (byte > 27 && byte < 32)) controls += 1;
  return controls > start.length / 10;
}

/** Encoding told by a byte order mark, or guessed from where the NUL bytes of Latin letters stand. */
export function utf16Of(start: Buffer): { encoding: "utf-16le" | "utf-16be"; isMarked: boolean } | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return { encoding: "utf-16le", isMarked: true };
  if (start[0] === 0xfe && start[1] === 0xff) return { encoding: "utf-16be", isMarked: true };
  let even = 0;
  let odd = 0;
  for (let i = 0; i + 1 < start.length; i += 2) {
    if (start[i] === 0) even += 1;
    if (start[i + 1] === 0) odd += 1;
  }
  const pairs = Math.floor(start.length / 2);
  if (pairs < 2) return undefined;
  if (odd > pairs * 0.7 && even < pairs * 0.1) return { encoding: "utf-16le", isMarked: false };
  if (even > pairs * 0.7 && odd < pairs * 0.1) return { encoding: "utf-16be", isMarked: false };
  return undefined;
}
