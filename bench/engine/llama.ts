import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A token of the engine. */
export type Token = number;

/** What is used of `node-llama-cpp`, which is installed in this folder alone, so nothing else may depend on its types. */
interface Llama {
  loadModel(options: { modelPath: string }): Promise<LlamaModel>;
  createGrammarForJsonSchema(schema: object): Promise<object>;
  dispose(): Promise<void>;
}

interface LlamaModel {
  tokenize(text: string, hasBorders: boolean): Token[];
  detokenize(tokens: readonly Token[]): string;
  isEogToken(token: Token): boolean;
  createContext(options: ContextOptions): Promise<{ contextSize: number; getSequence(): LlamaSequence }>;
}

interface ContextOptions {
  contextSize: number;
  sequences: number;
  threads: number;
}

/** One conversation's place in the KV cache. */
interface LlamaSequence {
  nextTokenIndex: number;
  /** The engine's own count of what it evaluated. */
  tokenMeter: { usedInputTokens: number };
  adaptStateToTokens(tokens: readonly Token[], allowShift: boolean): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: readonly Token[]): Promise<void>;
  evaluate(
    tokens: readonly Token[],
    options: { temperature: number; seed: number; grammarEvaluationState: object },
  ): AsyncIterable<Token>;
}

interface LlamaModule {
  getLlama(options: object): Promise<Llama>;
  LlamaGrammarEvaluationState: new (options: { model: LlamaModel; grammar: object }) => object;
}

const ENTRY = join(import.meta.dirname, "node_modules/node-llama-cpp/dist/index.js");

/** Whether somebody has installed the engine. */
export function isEngineInstalled(): boolean {
  return existsSync(ENTRY);
}

/** What to do where it is missing. */
export const INSTALL_ENGINE = "The engine is not installed. It is 100 MB: npm ci --prefix bench/engine";

/** Loads the engine, without a graphics card, so that each machine counts the same. @throws where it is not installed. */
export async function loadLlama() {
  if (!isEngineInstalled()) throw new Error(INSTALL_ENGINE);
  const module = (await import(pathToFileURL(ENTRY).href)) as LlamaModule;
  const llama = await module.getLlama({ gpu: false, build: "never", logLevel: "error", progressLogs: false });
  return { llama, GrammarState: module.LlamaGrammarEvaluationState };
}
