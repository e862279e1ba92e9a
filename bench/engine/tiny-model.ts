import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { learnBytePairs } from "./byte-pairs.ts";
import { corpus } from "./corpus.ts";
import { ggufFile, type HeaderValue, type Tensor } from "./gguf.ts";

/** Tokens that no text can spell: the borders of what a conversation is made of. */
const BORDERS = [
  "<|begin|>",
  "<|system|>",
  "<|tools|>",
  "<|user|>",
  "<|assistant|>",
  "<|call|>",
  "<|result|>",
  "<|end|>",
] as const;

export type Border = (typeof BORDERS)[number];

const CACHE = join(import.meta.dirname, "node_modules/.cache/loopd");
/** As many as bring the repository's own texts to about 3.5 bytes a token. */
const MERGES = 3_600;
const TRAINED_CONTEXT = 32_768;
const LAYERS = 2;
const WIDTH = 64;
const HEADS = 2;
const KEY_HEADS = 1;
const INNER = 128;
/** Change it with anything here that changes the file; the texts are part of the file's name anyway. */
const EDITION = "2";
const NORMAL_TOKEN = 1;
const CONTROL_TOKEN = 3;

/**
 * Path of a GGUF file with a llama of two layers: weights that mean nothing, but a real tokenizer, learnt from the
 * repository's own texts. Written once, in about a second, and kept in a
 * cache folder.
 */
export function tinyModel(): string {
  const texts = corpus();
  const name = createHash("sha256").update(EDITION).update(texts.join("\0")).digest("hex").slice(0, 16);
  const path = join(CACHE, `${name}.gguf`);
  if (existsSync(path)) return path;
  mkdirSync(CACHE, { recursive: true });
  const draft = join(CACHE, `${name}.${randomUUID()}`);
  const pairs = learnBytePairs(texts, MERGES);
  const tokens = [...pairs.tokens, ...BORDERS];
  writeFileSync(draft, ggufFile(header(tokens, pairs.merges), tensors(tokens.length)));
  renameSync(draft, path);
  return path;
}

function header(tokens: readonly string[], merges: readonly string[]): Record<string, HeaderValue> {
  const firstBorder = tokens.length - BORDERS.length;
  const u32 = (value: number): HeaderValue => ({ type: "u32", value });
  const string = (value: string): HeaderValue => ({ type: "string", value });
  const border = (name: Border): HeaderValue => u32(firstBorder + BORDERS.indexOf(name));
  const types = tokens.map((_, index) => (index < firstBorder ? NORMAL_TOKEN : CONTROL_TOKEN));
  return {
    "general.architecture": string("llama"),
    "general.name": string("loopd bench"),
    "llama.context_length": u32(TRAINED_CONTEXT),
    "llama.embedding_length": u32(WIDTH),
    "llama.block_count": u32(LAYERS),
    "llama.feed_forward_length": u32(INNER),
    "llama.attention.head_count": u32(HEADS),
    "llama.attention.head_count_kv": u32(KEY_HEADS),
    "llama.attention.layer_norm_rms_epsilon": { type: "f32", value: 1e-5 },
    "llama.rope.dimension_count": u32(WIDTH / HEADS),
    "llama.vocab_size": u32(tokens.length),
    "tokenizer.ggml.model": string("gpt2"),
    "tokenizer.ggml.pre": string("gpt-2"),
    "tokenizer.ggml.tokens": { type: "strings", value: tokens },
    "tokenizer.ggml.token_type": { type: "i32s", value: types },
    "tokenizer.ggml.merges": { type: "strings", value: merges },
    "tokenizer.ggml.bos_token_id": border("<|begin|>"),
    "tokenizer.ggml.eos_token_id": border("<|end|>"),
    "tokenizer.ggml.add_bos_token": { type: "bool", value: false },
  };
}

function tensors(vocabulary: number): Tensor[] {
  const random = generator(5);
  const weights = (name: string, ...shape: number[]): Tensor => {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    return { name, shape, values: values.map(() => (random() - 0.5) * 0.2) };
  };
  const norm = (name: string): Tensor => ({ name, shape: [WIDTH], values: new Float32Array(WIDTH).fill(1) });
  const keys = (WIDTH / HEADS) * KEY_HEADS;
  const layers = Array.from({ length: LAYERS }, (_, layer) => `blk.${layer}`);
  return [
    weights("token_embd.weight", WIDTH, vocabulary),
    norm("output_norm.weight"),
    ...layers.flatMap((layer) => [
      norm(`${layer}.attn_norm.weight`),
      weights(`${layer}.attn_q.weight`, WIDTH, WIDTH),
      weights(`${layer}.attn_k.weight`, WIDTH, keys),
      weights(`${layer}.attn_v.weight`, WIDTH, keys),
      weights(`${layer}.attn_output.weight`, WIDTH, WIDTH),
      norm(`${layer}.ffn_norm.weight`),
      weights(`${layer}.ffn_gate.weight`, WIDTH, INNER),
      weights(`${layer}.ffn_up.weight`, WIDTH, INNER),
      weights(`${layer}.ffn_down.weight`, INNER, WIDTH),
    ]),
  ];
}

/** Numbers from 0 to below 1, always the same ones. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
