import type { CallContext } from "../ports.ts";
import type { Effect, Facts, Json, Millis } from "../../protocol/values.ts";

/** What a validator of a schema said, as Standard Schema has it. */
type Checked<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/**
 * A schema of any library that speaks Standard Schema and its JSON Schema part (https://standardschema.dev), such as zod
 * from 4.2 on. It has to answer at once, and to take its own output again: what policy has seen is what the tool gets.
 */
export interface InputSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
    readonly validate: (value: unknown) => Checked<Output> | Promise<Checked<Output>>;
    readonly jsonSchema: { readonly input: (options: { target: "draft-2020-12" }) => Record<string, unknown> };
  };
}

/** What a tool gets besides its input. `environment`: the values of the turn. */
export type AgentToolContext = Pick<CallContext, "callId" | "signal" | "progress" | "restartLimit" | "ask"> & {
  environment: Readonly<Record<string, string>>;
};

/** What a tool answers; plain text stands for `{ text }`. A failure that the model should read is `isError`. */
export interface AgentToolResult {
  text: string;
  isError?: boolean;
  /** Where the text comes from, if nobody vouches for it: it taints the session, as `web example.com`. */
  taints?: string[];
  /** What the run itself used of the turn's budget. */
  spent?: { tokens: number; costUsd: number };
}

/** A tool of whoever embeds the loop. */
export interface AgentTool<Input = unknown> {
  /** Letters, digits, `_` and `-`; at most 64. */
  name: string;
  /** What the model reads of it. */
  description: string;
  /** What it may do to the world; rules and policy speak of it. */
  effect: Effect;
  input: InputSchema<Input>;
  /** Running it twice is the same as running it once, so that a crash in the middle asks nobody. Absent: it is not. */
  isIdempotent?: boolean;
  /** Awake milliseconds for one call. Absent: `limits.otherMs`. */
  timeLimitMs?: Millis;
  /**
   * Facts about what the call would touch, for rules, policy and the person. Only looks; asked again before the call runs,
   * which it then does only if nothing has changed. Absent: what the tool says of its effect is taken for true.
   */
  inspect?(input: Input): Omit<Facts, "hash"> | Promise<Omit<Facts, "hash">>;
  run(input: Input, context: AgentToolContext): string | AgentToolResult | Promise<string | AgentToolResult>;
}

/** Gives a tool the type of its input from its schema. */
export function defineTool<Input>(tool: AgentTool<Input>): AgentTool<Input> {
  return tool;
}

/** Checks a value; the words say what is wrong with it. */
export function checkInput<Input>(
  { name, input }: AgentTool<Input>,
  value: Json,
): { value: Input } | { problem: string } {
  const checked = input["~standard"].validate(value);
  if (checked instanceof Promise) {
    return {
      problem: `The schema of ${name} does not answer at once, which is a mistake in the program, not in the call.`,
    };
  }
  if (checked.issues === undefined) return { value: checked.value };
  const issues = checked.issues.slice(0, 5).map(({ message, path = [] }) => {
    const at = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return `${at === "" ? "the input" : at}: ${message}`;
  });
  return { problem: `${name} was called wrongly. ${issues.join("; ")}.` };
}
