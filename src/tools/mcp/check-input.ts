import type { Ajv, ErrorObject, ValidateFunction } from "ajv";
import type { Json } from "../../protocol/values.ts";
import { checkableSchema, InvalidSchema } from "./check-schema.ts";

/** What is wrong with a value, where. */
interface Problem {
  path: (string | number)[];
  message: string;
}

/** Checks values against one schema. */
export interface InputCheck {
  /** What is wrong; nothing is found where the schema is no schema. */
  problems(value: unknown): Problem[];
}

const MAX_PROBLEMS = 5;
let ajv: Ajv | undefined;

/** Loads what checks are made with. Until then everything passes, and the server judges alone. */
export async function loadChecks(): Promise<void> {
  if (ajv !== undefined) return;
  // Bundled, a CommonJS package has its default export only.
  const { default: Validator } = await import("ajv");
  ajv ??= new Validator({
    strict: false,
    validateSchema: false,
    validateFormats: false,
    allErrors: true,
    logger: false,
  });
}

/** Why a schema cannot be checked against; undefined where it can. */
export function schemaProblem(schema: Json): string | undefined {
  try {
    checkableSchema(schema);
    return undefined;
  } catch (thrown) {
    return thrown instanceof InvalidSchema ? thrown.message : "it cannot be read";
  }
}

/** A check that is made when it is first used. */
export function inputCheck(schema: Json): InputCheck {
  let validate: ValidateFunction | undefined;
  let isBroken = false;
  return {
    problems(value) {
      if (ajv === undefined || isBroken) return [];
      try {
        validate ??= compiled(ajv, schema);
        return validate(value) === true ? [] : problemsOf(validate.errors ?? []);
      } catch {
        isBroken = true;
        return [];
      }
    },
  };
}

function compiled(validator: Ajv, schema: Json): ValidateFunction {
  const checkable = checkableSchema(schema);
  const validate = validator.compile(checkable);
  // Otherwise the validator keeps every schema that any server has ever sent.
  validator.removeSchema(checkable);
  return validate;
}

function problemsOf(errors: readonly ErrorObject[]): Problem[] {
  const found = new Map<string, Problem>();
  for (const error of errors) {
    const problem = problemOf(error);
    const at = JSON.stringify(problem.path);
    if (!found.has(at)) found.set(at, problem);
    if (found.size === MAX_PROBLEMS) break;
  }
  return [...found.values()];
}

function problemOf({ instancePath, keyword, params, message = "it does not fit" }: ErrorObject): Problem {
  const path = instancePath.split("/").slice(1).map(stepOf);
  const given = params as {
    missingProperty?: string;
    additionalProperty?: string;
    allowedValues?: Json[];
    type?: Json;
  };
  switch (keyword) {
    case "required":
      return { path: [...path, given.missingProperty ?? ""], message: "it is required" };
    case "additionalProperties":
      return { path: [...path, given.additionalProperty ?? ""], message: "there is no such argument" };
    case "enum":
      return { path, message: `expected one of ${JSON.stringify(given.allowedValues?.slice(0, 20))}` };
    case "type":
      return { path, message: `expected ${[given.type].flat().join(" or ")}` };
    default:
      return { path, message };
  }
}

function stepOf(step: string): string | number {
  const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
  return /^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : name;
}
