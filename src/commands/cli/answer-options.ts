import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import type { TurnRequest } from "../../protocol/requests.ts";
import { usage } from "./failure.ts";

type Overrides = NonNullable<TurnRequest["overrides"]>;
type Validator = NonNullable<Overrides["validators"]>[number];

/** Longest file that is read as a schema or a validator, in bytes. */
const MOST_BYTES = 1_000_000;
const VALIDATE_LIMIT_MS = 60_000;

/** Collects `key=value`, one option after the other. */
export function keyValue(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw usage(`--env takes key=value, not "${text}".`);
  return { ...before, [environmentKey(text.slice(0, at))]: text.slice(at + 1) };
}

/** A key that JSON can carry: readers drop this one without a word. @throws LoopdError `usage`. */
export function environmentKey(name: string): string {
  if (name === "__proto__") throw usage(`There is no environment key ${name}.`);
  return name;
}

/** The JSON Schema in a file. @throws LoopdError `usage`. */
export function schemaFile(path: string): NonNullable<Overrides["schema"]> {
  return jsonObject(path, "--schema") as NonNullable<Overrides["schema"]>;
}

/**
 * Validators from files: a program that can be run, or a `.json` file with a JSON Schema or a hook as config.json has them.
 * `:permissive` behind the name gives the answer in any case, with the verdict; `:restrictive`, the default, fails the turn.
 * @throws LoopdError `usage`.
 */
export function validatorFiles(given: readonly string[]): Validator[] {
  return given.map((text, index) => {
    const [, path = text, named] = /^(.+):(permissive|restrictive)$/.exec(text) ?? [];
    const mode = named === "permissive" ? ("permissive" as const) : ("restrictive" as const);
    const word = basename(path)
      .replace(/[^a-z0-9._-]/gi, "-")
      .replace(/^[^a-z0-9]+/i, "")
      .slice(0, 50);
    const own = { name: `${word || "validator"}-${index + 1}`, at: ["answer" as const], mode };
    if (extname(path).toLowerCase() === ".json") {
      const value = jsonObject(path, "--validate");
      const isHook = "builtin" in value || ("command" in value && Array.isArray(value["command"]));
      if (!isHook) return { ...own, builtin: "schema", schema: value as NonNullable<Overrides["schema"]> };
      return { ...own, ...value, ...(named === undefined ? {} : { mode }) } as Validator;
    }
    return { ...own, command: [programPath(path)], limitMs: VALIDATE_LIMIT_MS };
  });
}

function programPath(path: string): string {
  const full = resolve(path);
  try {
    accessSync(full, constants.X_OK);
    if (statSync(full).isFile()) return full;
  } catch {
    // Said below.
  }
  throw usage(`--validate ${path} is neither a program that can be run nor a .json file. Is it executable (chmod +x)?`);
}

function jsonObject(path: string, option: string): Record<string, unknown> {
  let text: string;
  try {
    if (statSync(path).size > MOST_BYTES) throw usage(`${option} ${path} is longer than ${MOST_BYTES} bytes.`);
    text = readFileSync(path, "utf8").replace(/^\ufeff/, "");
  } catch (cause) {
    throw cause instanceof Error && "code" in cause && cause.code === "usage"
      ? cause
      : usage(`${option} ${path} cannot be read: ${(cause as Error).message}`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw usage(`${option} ${path} is not JSON: ${(cause as Error).message}`);
  }
  throw usage(`${option} ${path} holds no JSON object.`);
}
