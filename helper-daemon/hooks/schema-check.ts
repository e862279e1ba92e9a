import { text } from "node:stream/consumers";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { HookAnswer } from "../../src/protocol/hooks.ts";

/*
 * A program of its own: reads {schema, answer} from standard input and prints a validator's answer. A pattern that takes
 * for ever, or a schema without end, costs this process, which is killed at the hook's limit.
 */

const MOST_ERRORS = 5;

interface Question {
  schema: { [key: string]: unknown };
  answer?: string;
  /** Only whether the schema can be used. */
  isSchemaOnly?: boolean;
}

/** Formats are annotations, as the standard has it; `pattern` is how to insist. */
const OPTIONS = { strict: false, allErrors: true, logger: false, addUsedSchema: false } as const;

function compiled(schema: Question["schema"]): ValidateFunction {
  const isDraft7 = typeof schema["$schema"] === "string" && /draft-0[67]/.test(schema["$schema"]);
  if (isDraft7) return new Ajv(OPTIONS).compile(schema);
  return new Ajv2020(OPTIONS).compile(schema);
}

function verdictOn({ schema, answer = "", isSchemaOnly }: Question): HookAnswer<"answer"> {
  let validate: ValidateFunction;
  try {
    validate = compiled(schema);
  } catch (thrown) {
    if (isSchemaOnly !== true) throw thrown;
    return { verdict: "fail", text: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  if (isSchemaOnly === true) return {};
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    return { verdict: "fail", text: "the answer is not JSON" };
  }
  if (validate(value)) return { verdict: "pass" };
  const errors = validate.errors ?? [];
  const told = errors.slice(0, MOST_ERRORS).map(wordsOf);
  const more = errors.length > MOST_ERRORS ? [`and ${errors.length - MOST_ERRORS} more`] : [];
  return { verdict: "fail", text: [...told, ...more].join("; ") };
}

/** Where, and what was expected there. */
function wordsOf({ instancePath, message = "does not fit", params }: ErrorObject): string {
  const known = params as { allowedValues?: unknown[]; allowedValue?: unknown; additionalProperty?: string };
  const detail =
    known.allowedValues !== undefined
      ? `: ${JSON.stringify(known.allowedValues)}`
      : known.additionalProperty !== undefined
        ? `: ${JSON.stringify(known.additionalProperty)}`
        : "allowedValue" in known
          ? `: ${JSON.stringify(known.allowedValue)}`
          : "";
  return `${instancePath === "" ? "(top level)" : instancePath} ${message}${detail}`.slice(0, 500);
}

const question = JSON.parse(await text(process.stdin)) as Question;
process.stdout.write(JSON.stringify(verdictOn(question)));
