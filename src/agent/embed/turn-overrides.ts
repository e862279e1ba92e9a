import * as z from "zod";
import type { Overrides } from "../../protocol/entries.ts";
import { LoopdError } from "../../protocol/errors.ts";
import { environmentSchema } from "../../protocol/hooks.ts";
import { overridesSchema } from "../../protocol/overrides.ts";
import { schemaProblem } from "../hooks/check-schema.ts";

/** The environment keys that turns may set: the values of each, and which one holds where a turn says nothing. */
export type DeclaredEnvironment = {
  readonly [key: string]: { readonly enum: readonly string[]; readonly default?: string };
};

/** Settings of a turn that are the same here and in the trace. */
const plainSchema = overridesSchema
  .pick({
    temperature: true,
    topP: true,
    thinkingTokens: true,
    maxOutputTokens: true,
    maxSteps: true,
    maxTokens: true,
    maxCostUsd: true,
    maxTurnMs: true,
    schema: true,
    note: true,
  })
  .strict();

/** What one turn does differently from its session. */
export interface TurnOverrides extends Omit<z.infer<typeof plainSchema>, "schema"> {
  /** JSON Schema of the answer: the turn ends with JSON that fits it as its text, or fails. */
  schema?: { readonly [key: string]: unknown };
  /** Handed to the model function. */
  model?: string;
  /** Which tools run in this turn. The list that the model was told stays the same, and so does its prompt prefix. */
  availableTools?: { include: readonly string[] } | { exclude: readonly string[] };
  /** Values of declared environment keys, for policy, rules (`when.env`), hooks and tools. */
  environment?: Readonly<Record<string, string>>;
}

/**
 * Overrides as the trace keeps them, with the defaults of the environment filled in.
 * @throws LoopdError `unknown-tool`, `invalid-params`.
 */
export function overridesOf(
  { availableTools, environment, model: _, ...plain }: TurnOverrides,
  declared: DeclaredEnvironment,
  isTool: (name: string) => boolean,
): Overrides {
  const { include: tools, exclude: denyTools } = choiceOf(availableTools);
  const unknown = [...(tools ?? []), ...(denyTools ?? [])].find((name) => !isTool(name));
  if (unknown !== undefined) throw new LoopdError("unknown-tool", `There is no tool ${JSON.stringify(unknown)}.`);
  const env = valuesOf(declared, environment ?? {});
  const { success, data, error } = plainSchema.safeParse(plain);
  if (!success) {
    const [issue] = error.issues;
    throw new LoopdError(
      "invalid-params",
      `Overrides: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "unreadable"}.`,
    );
  }
  const problem = data.schema === undefined ? undefined : schemaProblem(data.schema);
  if (problem !== undefined) throw new LoopdError("invalid-params", `Overrides: schema cannot be used: ${problem}`);
  return { ...data, tools, denyTools, env };
}

const choiceSchema = z.union([
  z.strictObject({ include: z.array(z.string()), exclude: z.undefined().optional() }),
  z.strictObject({ exclude: z.array(z.string()), include: z.undefined().optional() }),
]);

/** A choice that is not understood would leave every tool open. @throws LoopdError `invalid-params`. */
function choiceOf(given: TurnOverrides["availableTools"]): { include?: string[]; exclude?: string[] } {
  if (given === undefined) return {};
  const { success, data } = choiceSchema.safeParse(given);
  if (success) return data;
  throw new LoopdError("invalid-params", "Overrides: availableTools is { include: [names] } or { exclude: [names] }.");
}

/** @throws LoopdError `invalid-params` where the declaration is none. */
export function checkDeclared(declared: DeclaredEnvironment): void {
  const { success, error } = environmentSchema.safeParse(declared);
  if (success) return;
  const [issue] = error.issues;
  throw new LoopdError(
    "invalid-params",
    `environment.${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unreadable"}.`,
  );
}

function valuesOf(declared: DeclaredEnvironment, given: Readonly<Record<string, string>>): Record<string, string> {
  for (const [key, value] of Object.entries(given)) {
    const known = Object.hasOwn(declared, key) ? declared[key] : undefined;
    if (known === undefined) {
      const keys = Object.keys(declared).sort().join(", ");
      throw new LoopdError("invalid-params", `There is no environment key ${key}; declared: ${keys || "none"}.`);
    }
    if (!known.enum.includes(value)) {
      throw new LoopdError(
        "invalid-params",
        `${key} cannot be ${JSON.stringify(value)}; it can be ${known.enum.join(", ")}.`,
      );
    }
  }
  const values: Record<string, string> = {};
  for (const [key, { default: usual }] of Object.entries(declared)) {
    const value = Object.hasOwn(given, key) ? given[key] : usual;
    if (value !== undefined) values[key] = value;
  }
  return values;
}
