/** One line of a list to choose from. */
export interface PromptOption {
  value: string;
  label: string;
}

/** Asks in the terminal. Every answer is undefined once the person presses Ctrl-C or the prompt is closed from outside. */
export interface CardPrompt {
  select(message: string, options: PromptOption[], first: string | undefined): Promise<string | undefined>;
  several(message: string, options: PromptOption[], first: string[]): Promise<string[] | undefined>;
  /** One line of text; `check` says what is wrong with it. */
  text(message: string, options: TextOptions): Promise<string | undefined>;
}
interface TextOptions {
  first?: string;
  check(words: string): string | undefined;
}

/** Prompts on standard error; `elsewhere` closes the one that is open. */
export async function openPrompt(elsewhere: AbortSignal): Promise<CardPrompt> {
  const { isCancel, multiselect, select, text } = await import("@clack/prompts");
  const terminal = { input: process.stdin, output: process.stderr, signal: elsewhere };
  return {
    async select(message, options, first) {
      const picked = await select({ message, options, initialValue: first, ...terminal });
      return isCancel(picked) ? undefined : picked;
    },
    async several(message, options, first) {
      const picked = await multiselect({ message, options, initialValues: first, required: false, ...terminal });
      return isCancel(picked) ? undefined : picked;
    },
    async text(message, { first, check }) {
      const validate = (words: string | undefined) => check(words ?? "");
      const words = await text({ message, initialValue: first, defaultValue: "", validate, ...terminal });
      return isCancel(words) ? undefined : words;
    },
  };
}
