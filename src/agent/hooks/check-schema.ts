import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { HookAnswer } from "../../protocol/hooks.ts";

const MOST_ERRORS = 5;

/** A JSON Schema, draft 6 to 2020-12. */
type Schema = { readonly [key: string]: unknown };

/** Formats are annotations, as the standard has it; `pattern` is how to insist. */
const OPTIONS = { strict: false, allErrors: true, logger: false, addUsedSchema: false } as const;

/** Why a schema cannot be used, in the words of the validator; undefined if it can. */
export function schemaProblem(schema: Schema): string | undefined {
  try {
    compiled(schema);
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/**
 * Whether an answer is JSON that fits a schema. Takes as long as the schema's patterns make it take: where the schema is a
 * stranger's, ask in a process of its own.
 * @throws Error where the schema cannot be used.
 */
export function schemaVerdict(schema: Schema, answer: string): HookAnswer<"answer"> {
  const validate = compiled(schema);
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

function compiled(schema: Schema): ValidateFunction {
  const { $schema: named, ...rest } = schema;
  const draft = typeof named === "string" ? /^https?:\/\/json-schema\.org\/(.*?)#?$/.exec(named)?.[1] : "";
  // What they add to one another does not hang on the name of the draft, and only one name is known to each.
  if (draft === "draft-06/schema" || draft === "draft-07/schema") return new Ajv(OPTIONS).compile(rest);
  if (draft === "draft/2019-09/schema") return new Ajv2019(OPTIONS).compile(rest);
  if (named === undefined || draft === "draft/2020-12/schema" || draft === "schema")
    return new Ajv2020(OPTIONS).compile(rest);
  throw new Error(`its $schema is ${JSON.stringify(named)}; known are the drafts 6, 7, 2019-09 and 2020-12`);
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
