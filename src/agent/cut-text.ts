/** Text of at most so many UTF-8 bytes; of a longer one the beginning, and a line that says how long it was. */
export function cutText(text: string, bytes: number): string {
  const encoded = new TextEncoder().encode(text);
  if (encoded.length <= bytes) return text;
  const head = new TextDecoder().decode(encoded.subarray(0, bytes)).replace(/\ufffd+$/, "");
  return `${head}\n[cut: it was ${encoded.length} bytes]`;
}
