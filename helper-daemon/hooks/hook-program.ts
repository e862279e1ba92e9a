import type { Json } from "../../src/protocol/values.ts";
import { runProcess } from "../../src/tools/runner/run-process.ts";

const MOST_BYTES = 1024 * 1024;

/** One question to a hook's program. */
export interface HookQuestion {
  file: string;
  args: readonly string[];
  folder: string;
  environment: NodeJS.ProcessEnv;
  /** Every process of it carries this, so that it can be found and ended. */
  mark: string;
  /** Goes to standard input as one JSON document. */
  document: unknown;
  signal: AbortSignal;
}

/**
 * Runs a program with one JSON document on its standard input, and resolves with the one that it printed. Rejects, in words
 * for people and models, where it cannot be started, ends otherwise than with 0, or prints something else.
 */
export async function runHookProgram(question: HookQuestion): Promise<Json> {
  const { file, args, folder, environment, mark, document, signal } = question;
  const tooMuch = new AbortController();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const end = await runProcess({
    ...{ file, args, folder, environment, callId: mark, input: JSON.stringify(document) },
    signal: AbortSignal.any([signal, tooMuch.signal]),
    // Nothing hangs on it: whatever an earlier helper left is found by its mark.
    spawned: () => Promise.resolve(),
    onOutput: (chunk) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) tooMuch.abort();
      else chunks.push(chunk);
    },
  });
  if (tooMuch.signal.aborted) throw new Error(`${file} printed more than ${MOST_BYTES} bytes`);
  if (end.type === "not-started") throw new Error(`${file} could not be started: ${end.why}`);
  if (end.isAborted) throw new Error(`${file} was stopped`);
  if (end.code !== 0) {
    const how =
      end.code === undefined ? `was ended by ${end.signal ?? "a signal"}` : `ended with exit code ${end.code}`;
    throw new Error(`${file} ${how}${firstLine(end.errors)}`);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  try {
    return JSON.parse(text) as Json;
  } catch {
    const said = text.trim() === "" ? "nothing" : JSON.stringify(text.slice(0, 200));
    throw new Error(`${file} printed ${said} where one JSON document was expected`);
  }
}

function firstLine(errors: string): string {
  const [line = ""] = errors.trim().split("\n");
  return line === "" ? "" : `: ${line.slice(0, 300)}`;
}
