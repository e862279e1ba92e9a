import { LoopdError } from "../../protocol/errors.ts";
import { MAX_PROMPT_CHARACTERS } from "../../protocol/requests.ts";
import { usage } from "./failure.ts";

const MOST_BYTES = MAX_PROMPT_CHARACTERS * 4;
const EXAMPLE = 'Example: loopd ask "Which files under this folder are the largest?"';

/**
 * The prompt: the words of the command line, or standard input for `-` and for a pipe without words.
 * @throws LoopdError `usage` for an empty prompt or bytes that are no UTF-8, `prompt-too-large`.
 */
export async function promptText(words: readonly string[]): Promise<string> {
  const isDash = words.length === 1 && words[0] === "-";
  if (!isDash && words.length === 0 && process.stdin.isTTY) throw usage(`There is no prompt. ${EXAMPLE}`);
  const text = isDash || words.length === 0 ? await readStandardInput("prompt") : words.join(" ");
  if (text.trim() === "") throw usage(`The prompt is empty. ${EXAMPLE}`);
  if (text.trim().length > MAX_PROMPT_CHARACTERS) throw tooLarge();
  return text;
}

/**
 * All of standard input as text.
 * @throws LoopdError `usage` if it is no UTF-8, `prompt-too-large` if it is longer than any prompt may be.
 */
export async function readStandardInput(what: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    const message = `The ${what} on standard input is not UTF-8 text. Convert it first, for example: iconv -f latin1 -t utf-8`;
    throw new LoopdError("usage", message, { cause });
  }
}

function tooLarge(): LoopdError {
  const most = MAX_PROMPT_CHARACTERS.toLocaleString("en-US");
  const message = `The prompt is too large: at most ${most} characters. Save it as a file and ask loopd to read that file.`;
  return new LoopdError("prompt-too-large", message);
}
