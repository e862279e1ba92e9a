import { expect, test } from "vitest";
import { learnBytePairs } from "../../bench/engine/byte-pairs.ts";
import { corpus } from "../../bench/engine/corpus.ts";
import { ggufFile } from "../../bench/engine/gguf.ts";

test("the most frequent pair comes first, of equally frequent ones the one learnt or written earlier, and none that occurs once", () => {
  const { merges, tokens } = learnBytePairs(["abab abab cd cd xy"], 100);
  expect(merges).toEqual(["a b", "Ġ c", "ab ab", "Ġc d"]);
  expect(tokens).toHaveLength(256 + 4);
  expect(tokens.slice(256)).toEqual(["ab", "Ġc", "abab", "Ġcd"]);
});

test("every byte is a token of its own, written as one letter", () => {
  const { tokens } = learnBytePairs([], 10);
  expect(new Set(tokens).size).toBe(256);
  expect([tokens[0x20], tokens[0x41], tokens[0x0a]]).toEqual(["Ġ", "A", "Ċ"]);
});

test("the same texts give the same pairs", () => {
  const texts = corpus().slice(0, 40);
  expect(learnBytePairs(texts, 200)).toEqual(learnBytePairs([...texts], 200));
});

test("a model's file begins with its magic word, and each tensor on a border of 32 bytes", () => {
  const values = new Float32Array([1, 2, 3]);
  const tensors = ["a", "b"].map((name) => ({ name, shape: [3], values }));
  const file = ggufFile({ "general.architecture": { type: "string", value: "llama" } }, tensors);
  expect(file.subarray(0, 4).toString()).toBe("GGUF");
  expect([file.readUInt32LE(4), file.readBigUInt64LE(8), file.readBigUInt64LE(16)]).toEqual([3, 2n, 1n]);
  expect(file.length % 32).toBe(0);
  expect(file.readFloatLE(file.length - 64 + 4)).toBe(2);
});
