const PRIME = 0x01000193;

/** A hash of 53 bits (two lanes of FNV-1a) of texts and a hash before them. Equal input, equal hash, in every process. */
export function hashOf(before: number, ...texts: string[]): number {
  let one = 0x811c9dc5 ^ (before >>> 0);
  let other = 0x2f0b4c47 ^ Math.floor(before / 2 ** 32);
  const mix = (unit: number) => {
    one = Math.imul(one ^ unit, PRIME);
    other = Math.imul(other ^ unit ^ (one >>> 15), PRIME);
  };
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) mix(text.charCodeAt(i));
    mix(0x1ffff);
  }
  return (other & 0x1fffff) * 2 ** 32 + (one >>> 0);
}
