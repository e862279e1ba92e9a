import * as z from "zod";
import {
  type CallId,
  decisionSchema,
  type Effect,
  type Facts,
  type Json,
  jsonSchema,
  outcomeSchema,
  ruleConditionSchema,
  usageSchema,
} from "./values.ts";

/** When a hook is asked: before a call is decided, for its decision, after every outcome of it, about the turn's answer. */
const hookPhaseSchema = z.enum(["before", "decide", "after", "answer"]);
export type HookPhase = z.infer<typeof hookPhaseSchema>;

const MAX_SCHEMA_CHARACTERS = 100_000;

/** A JSON Schema, draft 7 to 2020-12. Whether it can be compiled is found out where it is used. */
export const answerSchemaSchema = z
  .record(z.string(), jsonSchema)
  .refine((schema) => JSON.stringify(schema).length <= MAX_SCHEMA_CHARACTERS, {
    error: `at most ${MAX_SCHEMA_CHARACTERS} characters as JSON`,
  });

/** What a hook may be called. */
export const hookNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, "letters, digits, dot, dash, underscore; at most 64");

/** One hook: a program, a built-in validator, or, for whoever embeds the loop, a name that their own port knows. */
const hookSchema = z.strictObject({
  /** Unique; the trace and what a model reads call it so. */
  name: hookNameSchema,
  at: z.array(hookPhaseSchema).min(1),
  /** Program and arguments. A relative path starts in the loopd home, never in a workspace. */
  command: z.array(z.string().min(1)).min(1).optional(),
  /** Validators that come along: `schema` wants JSON that fits `schema`; `judge` asks another model. */
  builtin: z.enum(["schema", "judge"]).optional(),
  schema: answerSchemaSchema.optional(),
  /** Endpoint of the judge. Absent: the turn's own. */
  endpoint: z.string().min(1).optional(),
  /** Model of the judge; needed wherever `endpoint` is named. */
  model: z.string().min(1).optional(),
  /** What the judge should heed. */
  prompt: z.string().min(1).max(20_000).optional(),
  /** Awake milliseconds for one answer. Absent: 10 s, for a judge 120 s. */
  limitMs: z.number().int().min(10).max(3_600_000).optional(),
  /**
   * What counts where the hook itself fails: `deny`, `withhold` and `fail` all mean the strict side (the call is denied,
   * its output withheld, the turn failed), `allow`, `pass` and `waive` the lenient one. Default: strict, unless permissive.
   */
  onFail: z.enum(["deny", "withhold", "fail", "allow", "pass", "waive"]).optional(),
  /** Calls and turns that it is asked about. At `answer` only what it says about the turn counts. Absent: all. */
  when: ruleConditionSchema.optional(),
  /** At `answer`: whether an answer that never passes fails the turn, or is given with the verdict as `waived`. */
  mode: z.enum(["restrictive", "permissive"]).default("restrictive"),
});
export type Hook = z.infer<typeof hookSchema>;

/** A hook as `config.json` and a turn's overrides name it: something that the helper itself can ask. */
const configHookSchema = hookSchema
  .refine(({ command, builtin }) => (command === undefined) !== (builtin === undefined), {
    error: "needs either a command or a builtin",
  })
  .refine(({ builtin, at }) => builtin === undefined || at.every((phase) => phase === "answer"), {
    error: 'builtins are validators: at must be ["answer"]',
    path: ["at"],
  })
  .refine(({ builtin, schema }) => (builtin === "schema") === (schema !== undefined), {
    error: "goes with builtin schema, which needs it",
    path: ["schema"],
  })
  .refine(({ builtin, prompt }) => (builtin === "judge") === (prompt !== undefined), {
    error: "goes with builtin judge, which needs it",
    path: ["prompt"],
  })
  .refine(({ endpoint, model }) => endpoint === undefined || model !== undefined, {
    error: "must be named where endpoint is",
    path: ["model"],
  });

/** Hooks with different names. */
export const hookListSchema = z
  .array(configHookSchema)
  .max(100)
  .refine((hooks) => new Set(hooks.map(({ name }) => name)).size === hooks.length, {
    error: "two hooks have the same name",
  });

/** What a hook is told: one JSON document on standard input of a command. */
export interface HookInput {
  v: 1;
  at: HookPhase;
  session: string;
  turn: string;
  /** Folder that the session works in. */
  workspace: string;
  /** Absent at `answer`. */
  call?: { callId: CallId; name: string; arguments: Json; effect?: Effect; facts?: Facts };
  /** At `after`: how the call ended, with what earlier hooks made of its text. */
  outcome?: { kind: string; text: string; isSideEffectPossible: boolean };
  /** At `answer`: the final text; JSON where the turn asked for that. */
  answer?: string;
  /** Values of the turn's typed environment. */
  env: Readonly<Record<string, string>>;
}

const nothing = z.strictObject({});
const text = z.string().max(1_000_000);

/** What a hook may answer in each phase. `{}` means: nothing to say; at `answer`, that it passes. */
export const hookAnswerSchemas = {
  before: z.union([
    nothing,
    z.strictObject({ arguments: jsonSchema }),
    z.strictObject({ cancel: z.strictObject({ reason: text.default("") }) }),
  ]),
  decide: z.union([nothing, z.strictObject({ decision: decisionSchema, reason: text.optional() })]),
  after: z.union([nothing, z.strictObject({ outcome: z.strictObject({ text }) })]),
  answer: z.union([nothing, z.strictObject({ verdict: z.enum(["pass", "fail", "feedback"]), text: text.optional() })]),
} as const satisfies Record<HookPhase, z.ZodType>;

/** An answer that fits its phase. */
export type HookAnswer<P extends HookPhase = HookPhase> = z.infer<(typeof hookAnswerSchemas)[P]>;

/** Values that a turn's environment may have, by key. */
export const environmentSchema = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/i, "letters, digits, dash, underscore; at most 64, the first a letter"),
    z
      .strictObject({ enum: z.array(z.string()).min(1), default: z.string().optional() })
      .refine((key) => key.default === undefined || key.enum.includes(key.default), {
        error: "must be one of enum",
        path: ["default"],
      }),
  )
  .refine((keys) => new Set(Object.keys(keys).map(environmentVariable)).size === Object.keys(keys).length, {
    error: "two keys are the same variable for commands: they differ only in case, or in dash and underscore",
  });

/** The variable in which a command finds the value of a key: `LOOPD_ENV_TRUST` for `trust`. */
export function environmentVariable(key: string): string {
  return `LOOPD_ENV_${key.toUpperCase().replaceAll("-", "_")}`;
}

/** What a hook has done, or failed to do; recorded before anything follows from it, so that no crash applies it twice. */
export const hookAppliedSchema = z.object({
  hook: z.string(),
  at: hookPhaseSchema,
  callId: z.string().optional(),
  change: z.enum(["none", "arguments", "cancelled", "outcome", "verdict"]),
  /** With `arguments`: all of them, as they are from now on. */
  arguments: jsonSchema.optional(),
  /** At `decide`: the decision. At `answer`: pass, fail or feedback. */
  verdict: jsonSchema.optional(),
  /** At `decide`: the call, arguments and facts that the verdict is about. */
  argumentsHash: z.string().optional(),
  /** At `after`: the outcome that it saw. */
  outcome: outcomeSchema.optional(),
  /** Its words: a reason, the text that takes the place of an outcome's, what is wrong with an answer. */
  text: z.string().optional(),
  /** Why the hook itself failed; then `onFail` has answered for it. */
  failure: z.string().optional(),
  /** What a judge model used. */
  usage: usageSchema.optional(),
});
