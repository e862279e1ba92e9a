import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Ports } from "../../src/agent/ports.ts";
import type { Hook } from "../../src/protocol/hooks.ts";
import type { CallId, TurnId } from "../../src/protocol/values.ts";
import { runHookProgram } from "./hook-program.ts";

/** Where the program that checks schemas can stand: beside this bundle, above its chunks, or as source. */
const PLACES = ["schema.mjs", "../schema.mjs", "schema-check.ts"];
const SCHEMA_LIMIT_MS = 10_000;

/** What the hooks of a home are run with. */
interface HooksOptions {
  /** The loopd home: programs start there, and relative names start there too. */
  folder: string;
  /** Variables of the helper; a hook gets an allow-list of them. */
  environment: NodeJS.ProcessEnv;
}

/** Name of the variable's value by which the processes of a hook are found after a crash. */
export function hookMark(of: CallId | TurnId): string {
  return `${of}~hook`;
}

/** The hooks of a home. */
export interface Hooks {
  /** Asks hooks as the config names them: programs, and the schema check, which is one that comes along. */
  ask: Ports["hook"];
  /** Whether anything could fit a schema at all: resolves with what is wrong with it, if something is. */
  schemaProblem(schema: object): Promise<string | undefined>;
}

/** Joins hooks to the programs that they are. */
export function createHooks({ folder, environment }: HooksOptions): Hooks {
  return {
    ask: async (hook, input, signal) => {
      const [file = "", ...args] = commandOf(hook, folder);
      const document = hook.builtin === "schema" ? { ...input, schema: hook.schema } : input;
      const mark = hookMark(input.call?.callId ?? input.turn);
      return runHookProgram({ file, args, folder, environment, mark, document, signal });
    },
    schemaProblem: async (schema) => {
      const [file = "", ...args] = schemaCheck();
      const signal = AbortSignal.timeout(SCHEMA_LIMIT_MS);
      const document = { schema, isSchemaOnly: true };
      const question = { file, args, folder, environment, mark: "schema~hook", document, signal };
      const answer = await runHookProgram(question).catch((thrown: Error) => ({ text: thrown.message }));
      return (answer as { text?: string }).text;
    },
  };
}

function commandOf({ name, command, builtin }: Hook, folder: string): string[] {
  if (builtin === "schema") return schemaCheck();
  const [program, ...args] = command ?? [];
  if (program === undefined) throw new Error(`the hook ${name} names no program`);
  return [program.includes("/") ? resolve(folder, program) : program, ...args];
}

function schemaCheck(): string[] {
  const places = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return [process.execPath, "--no-warnings", places.find((place) => existsSync(place)) ?? ""];
}
