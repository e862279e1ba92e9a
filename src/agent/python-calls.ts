import type { Json } from "../protocol/values.ts";
import type { LeakedCall } from "./leaked-forms.ts";

const MAX_DEPTH = 8;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", "'": "'", '"': '"' };
const WORDS: Readonly<Record<string, Json>> = {
  True: true,
  true: true,
  False: false,
  false: false,
  None: null,
  null: null,
};

/** Thrown where a text is no call; never leaves this file. */
class NoCall extends Error {}

/**
 * Calls as some models write them, in Python: `name(key="value", other=[1, True])`, also with `.call`, inside `print(…)`, in
 * a list, or one on each line. Values are literals, each by its key. Undefined where anything else is there.
 */
export function pythonCalls(text: string): LeakedCall[] | undefined {
  try {
    return new PythonReader(text.trim()).calls();
  } catch (thrown) {
    if (thrown instanceof NoCall) return undefined;
    throw thrown;
  }
}

class PythonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  calls(): LeakedCall[] {
    const isList = this.#takes("[");
    const calls: LeakedCall[] = [];
    do {
      calls.push(this.#printed());
    } while (isList ? this.#takes(",") && !this.#isNext("]") : this.#at < this.#text.length);
    if (isList) this.#expect("]");
    this.#space();
    if (this.#at < this.#text.length) throw new NoCall();
    return calls;
  }

  #printed(): LeakedCall {
    const isPrinted = this.#match(/print\(\s*(?=[A-Za-z_])/y) !== undefined;
    const call = this.#call();
    if (isPrinted) this.#expect(")");
    this.#takes(";");
    this.#space();
    return call;
  }

  #call(): LeakedCall {
    const name = this.#match(/[A-Za-z_][\w.]{0,127}(?=\()/y)?.replace(/\.call$/, "");
    if (name === undefined) throw new NoCall();
    this.#expect("(");
    const input: { [key: string]: Json } = {};
    while (!this.#takes(")")) {
      const key = this.#match(/[A-Za-z_]\w{0,127}(?=\s*=)/y);
      if (key === undefined || key === "__proto__") throw new NoCall();
      this.#expect("=");
      input[key] = this.#value(0);
      if (!this.#takes(",") && !this.#isNext(")")) throw new NoCall();
    }
    return { name, input };
  }

  #value(depth: number): Json {
    if (depth > MAX_DEPTH) throw new NoCall();
    const quote = this.#match(/["']/y);
    if (quote !== undefined) return this.#string(quote);
    if (this.#takes("[")) return this.#list(depth);
    if (this.#takes("{")) return this.#object(depth);
    const word = this.#match(/[A-Za-z]+/y);
    if (word !== undefined && Object.hasOwn(WORDS, word)) return WORDS[word] ?? null;
    const number = word === undefined ? this.#match(/-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?/y) : undefined;
    if (number === undefined) throw new NoCall();
    return Number(number);
  }

  #list(depth: number): Json[] {
    const items: Json[] = [];
    while (!this.#takes("]")) {
      items.push(this.#value(depth + 1));
      if (!this.#takes(",") && !this.#isNext("]")) throw new NoCall();
    }
    return items;
  }

  #object(depth: number): Json {
    const fields: { [key: string]: Json } = {};
    while (!this.#takes("}")) {
      const key = this.#value(depth + 1);
      if (typeof key !== "string" || key === "__proto__") throw new NoCall();
      this.#expect(":");
      fields[key] = this.#value(depth + 1);
      if (!this.#takes(",") && !this.#isNext("}")) throw new NoCall();
    }
    return fields;
  }

  /** Behind its opening quote. Triple quotes and unknown escapes are left to a person. */
  #string(quote: string): string {
    let value = "";
    for (;;) {
      const character = this.#text[this.#at];
      this.#at += 1;
      if (character === undefined || character === "\n") throw new NoCall();
      if (character === quote && this.#text[this.#at] === quote) throw new NoCall();
      if (character === quote) return value;
      if (character !== "\\") {
        value += character;
        continue;
      }
      const escaped = ESCAPES[this.#text[this.#at] ?? ""];
      if (escaped === undefined) throw new NoCall();
      this.#at += 1;
      value += escaped;
    }
  }

  #match(pattern: RegExp): string | undefined {
    this.#space();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #takes(sign: string): boolean {
    if (!this.#isNext(sign)) return false;
    this.#at += sign.length;
    return true;
  }

  #isNext(sign: string): boolean {
    this.#space();
    return this.#text.startsWith(sign, this.#at);
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw new NoCall();
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at += 1;
  }
}
