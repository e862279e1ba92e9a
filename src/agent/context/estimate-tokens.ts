/**
 * Tokens of so many UTF-8 bytes of canonical text: ceil(bytes / 3.5 × factor). `factor` is what was learnt of the model's
 * tokenizer from the usage that its server reports; 1 where nothing was.
 */
export function estimateTokens(bytes: number, factor: number): number {
  return Math.ceil((bytes / 3.5) * factor);
}
