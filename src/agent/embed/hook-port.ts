import { LoopdError } from "../../protocol/errors.ts";
import { type Hook, type HookInput, hookNameSchema } from "../../protocol/hooks.ts";
import { outcomeSchema } from "../../protocol/values.ts";
import { schemaVerdict } from "../hooks/check-schema.ts";
import type { Ports } from "../ports.ts";
import type {
  AnswerValidator,
  PendingToolCall,
  ToolExecutionContext,
  ToolExecutionPolicy,
  ToolHook,
} from "./pending-call.ts";

/** What of the program is asked around calls and answers. */
export interface Asked {
  policy?: ToolExecutionPolicy;
  hooks: readonly ToolHook[];
  validators: readonly AnswerValidator[];
}

type Answer = (input: HookInput, context: ToolExecutionContext, call: PendingToolCall) => unknown;

/** The program's policy, hooks and validators as hooks of the loop. */
export interface HookPort {
  /** In the order in which they are asked. All of them count as failed on the strict side. */
  hooks: readonly Hook[];
  ask: Ports["hook"];
}

/**
 * Joins policy, hooks and validators to the loop. `rationaleOf` tells the model's own words about a call.
 * @throws LoopdError `invalid-params` where two have the same name.
 */
export function createHookPort(asked: Asked, rationaleOf: (callId: string) => string | undefined): HookPort {
  const hooks: Hook[] = [];
  const answers = new Map<string, Answer>();
  const add = (name: string, at: Hook["at"], answer: Answer, mode: Hook["mode"] = "restrictive") => {
    const isNamed = hookNameSchema.safeParse(name).success;
    if (!isNamed || answers.has(name)) {
      const why = isNamed ? "two have that name" : "letters, digits, dot, dash, underscore; at most 64";
      throw new LoopdError("invalid-params", `The hook name ${JSON.stringify(name)} cannot be used: ${why}.`);
    }
    hooks.push({ name, at, mode });
    answers.set(name, answer);
  };
  for (const hook of asked.hooks) add(hook.name, phasesOf(hook), (...question) => hookAnswer(hook, ...question));
  const { policy } = asked;
  if (policy !== undefined) add("policy", ["decide"], (...question) => decisionOf(policy, ...question));
  for (const validator of asked.validators) {
    add(validator.name, ["answer"], ({ answer = "" }, context) => validator.validate(answer, context), validator.mode);
  }
  return {
    hooks,
    ask: async (hook, given, signal) => {
      if (hook.builtin === "schema") return schemaVerdict(hook.schema ?? {}, given.answer ?? "");
      const answer = answers.get(hook.name);
      if (answer === undefined) throw new Error("the program that embeds the loop has no hook of that name");
      // Whoever is asked may do with the values what they like; the trace keeps its own.
      const input = structuredClone(given);
      const { session, turn, env } = input;
      return answer(input, { session, turn, environment: env, signal }, pendingCall(input, rationaleOf));
    },
  };
}

function phasesOf({ beforeExecute, afterExecute }: ToolHook): Hook["at"] {
  return [...(beforeExecute ? (["before"] as const) : []), ...(afterExecute ? (["after"] as const) : [])];
}

function pendingCall({ call }: HookInput, rationaleOf: (callId: string) => string | undefined): PendingToolCall {
  const {
    callId: id,
    name,
    arguments: values,
    effect = "exec",
    facts,
  } = call ?? { callId: "", name: "", arguments: {} };
  return { id, name, arguments: values, effect, facts, modelRationale: rationaleOf(id) };
}

/** A policy that says nothing has not decided; that must not pass for "ask the rules". */
async function decisionOf(
  policy: ToolExecutionPolicy,
  _: HookInput,
  context: ToolExecutionContext,
  call: PendingToolCall,
): Promise<unknown> {
  const said: unknown = await policy.resolve(call, context);
  if (typeof said === "object" && said !== null && "decision" in said) return said;
  throw new Error(`it answered no decision: ${JSON.stringify(said) ?? String(said)}`);
}

async function hookAnswer(
  hook: ToolHook,
  input: HookInput,
  context: ToolExecutionContext,
  call: PendingToolCall,
): Promise<unknown> {
  if (input.at === "before") {
    const said: unknown = await hook.beforeExecute?.(call, context);
    if (said === undefined) return {};
    return isObject(said) && "arguments" in said ? { arguments: said.arguments } : said;
  }
  const { kind = "unknown", text = "", isSideEffectPossible = false } = input.outcome ?? {};
  const outcome = { kind: outcomeSchema.catch("unknown").parse(kind), text, isSideEffectPossible };
  const said: unknown = await hook.afterExecute?.(call, outcome, context);
  if (said === undefined) return {};
  if (!isObject(said) || !("text" in said)) return said;
  return said.text === text ? {} : { outcome: { text: said.text } };
}

function isObject(said: unknown): said is object {
  return typeof said === "object" && said !== null;
}
