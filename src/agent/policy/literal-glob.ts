/** A glob that matches exactly this text. */
export function literalGlob(text: string): string {
  return text.replace(/[\\*?[\]{}()!+@|"]/g, "\\$&");
}
