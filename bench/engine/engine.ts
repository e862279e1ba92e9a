import type { Piece } from "./chat-template.ts";
import { loadLlama, type Token } from "./llama.ts";
import { tinyModel } from "./tiny-model.ts";

/** What the KV cache held of a prompt, and what had to be evaluated. */
interface Evaluation {
  reused: number;
  /** By the engine's own count. */
  evaluated: number;
}

/** llama.cpp with one model and one KV cache, as a server with one slot has it. */
export interface Engine {
  /** Tokens that the cache holds. */
  contextSize: number;
  tokens(pieces: readonly Piece[]): readonly Token[];
  text(tokens: readonly Token[]): string;
  /** Brings the cache to exactly this prompt: keeps what both begin with, drops the rest, evaluates what is new. */
  prompt(tokens: readonly Token[]): Promise<Evaluation>;
  /** Evaluates an answer behind the prompt: what the model is made to say. */
  force(tokens: readonly Token[]): Promise<void>;
  /** Samples JSON that a schema allows, behind `start`. */
  sample(start: readonly Token[], schema: object): Promise<string>;
  stop(): Promise<void>;
}

/** More would hinder what is measured at the same time. */
const THREADS = 1;
const MOST_SAMPLED = 1_000;

/** Loads the engine with a cache of so many tokens. @throws where the engine is not installed. */
export async function startEngine(contextSize: number): Promise<Engine> {
  const { llama, GrammarState } = await loadLlama();
  const model = await llama.loadModel({ modelPath: tinyModel() });
  const context = await model.createContext({ contextSize, sequences: 1, threads: THREADS });
  const sequence = context.getSequence();
  return {
    contextSize: context.contextSize,
    tokens: (pieces) =>
      pieces.flatMap((piece) =>
        "text" in piece ? model.tokenize(piece.text, false) : model.tokenize(piece.border, true),
      ),
    text: (tokens) => model.detokenize(tokens),
    async prompt(tokens) {
      // The last token is always evaluated: its result is what the answer begins with.
      await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
      const reused = sequence.nextTokenIndex;
      const before = sequence.tokenMeter.usedInputTokens;
      await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(reused));
      return { reused, evaluated: sequence.tokenMeter.usedInputTokens - before };
    },
    force: (tokens) => sequence.evaluateWithoutGeneratingNewTokens(tokens),
    async sample(start, schema) {
      const grammar = await llama.createGrammarForJsonSchema(schema);
      const state = new GrammarState({ model, grammar });
      const sampled: Token[] = [];
      const options = { temperature: 1, seed: 7, grammarEvaluationState: state };
      for await (const token of sequence.evaluate(start, options)) {
        if (model.isEogToken(token)) break;
        sampled.push(token);
        if (sampled.length > MOST_SAMPLED) throw new Error("The grammar has let the model speak without end.");
      }
      return model.detokenize(sampled);
    },
    stop: () => llama.dispose(),
  };
}
