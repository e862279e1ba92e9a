const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Width and height of a PNG in pixels, as its header says; undefined for what is no PNG. */
export function pngSize(bytes: Buffer): { width: number; height: number } | undefined {
  const isPng =
    bytes.length >= 24 && bytes.subarray(0, 8).equals(SIGNATURE) && bytes.toString("latin1", 12, 16) === "IHDR";
  if (!isPng) return undefined;
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  return width === 0 || height === 0 ? undefined : { width, height };
}
