import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Preference {
  name: string;
  type?: string;
  required?: boolean;
  default?: unknown;
  data?: { value: string }[];
}
interface DeclaredCommand {
  name: string;
  mode: "view" | "no-view" | "menu-bar";
  arguments?: { name: string; required?: boolean; type?: string; data?: { value: string }[] }[];
  preferences?: Preference[];
}

/** The manifest as `ray build` wrote it, as far as the host obeys it. */
export interface Manifest {
  name: string;
  author: string;
  owner?: string;
  commands: DeclaredCommand[];
  preferences?: Preference[];
  tools?: { name: string; preferences?: Preference[] }[];
}

/** Reads the manifest of a folder that `ray build` wrote. */
export function readManifest(dist: string): Manifest {
  return JSON.parse(readFileSync(join(dist, "package.json"), "utf8")) as Manifest;
}

/** The command of that name. */
export function commandOf(manifest: Manifest, name: string): DeclaredCommand {
  const found = manifest.commands.find((command) => command.name === name);
  if (found === undefined) throw new Error(`The manifest has no command "${name}".`);
  return found;
}

/** Preferences as a command gets them, and the required ones that nobody has set. Refuses what no person could enter. */
export function settle(
  declared: readonly Preference[],
  given: Readonly<Record<string, unknown>>,
): { values: Record<string, unknown>; missing: string[] } {
  refuseUnknown("preference", given, declared);
  const values: Record<string, unknown> = {};
  for (const preference of declared) {
    const value = given[preference.name] ?? preference.default;
    if (value === undefined) continue;
    if (!isPossible(preference, value))
      throw new Error(`No person could set the preference "${preference.name}" to ${JSON.stringify(value)}.`);
    values[preference.name] = value;
  }
  const missing = declared.filter(({ name, required }) => required === true && (values[name] ?? "") === "");
  return { values, missing: missing.map(({ name }) => name) };
}

/** Arguments as a command gets them: Raycast hands an empty text for one that was left empty. */
export function argumentsFor(
  command: DeclaredCommand,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const declared = command.arguments ?? [];
  refuseUnknown("argument", given, declared);
  const absent = declared.find(({ name, required }) => required === true && (given[name] ?? "") === "");
  if (absent !== undefined)
    throw new Error(`Raycast would not start "${command.name}" before the argument "${absent.name}" is given.`);
  for (const { name, data } of declared) {
    const value = given[name];
    if (data !== undefined && value !== undefined && value !== "" && !data.some((choice) => choice.value === value))
      throw new Error(`The argument "${name}" offers ${data.map((choice) => choice.value).join(", ")}, not ${value}.`);
  }
  return { ...Object.fromEntries(declared.map(({ name }) => [name, ""])), ...given };
}

function isPossible({ type, data }: Preference, value: unknown): boolean {
  if (type === "checkbox") return typeof value === "boolean";
  if (type === "dropdown") return data?.some((choice) => choice.value === value) ?? false;
  if (type === "appPicker") return true;
  return typeof value === "string";
}

function refuseUnknown(what: string, given: object, declared: readonly { name: string }[]): void {
  for (const name of Object.keys(given)) {
    if (!declared.some((each) => each.name === name)) throw new Error(`The manifest declares no ${what} "${name}".`);
  }
}
