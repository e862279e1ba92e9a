import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Manifest, manifestSchema } from "./manifest-schema.ts";
import type { Problem, Rule } from "./problem.ts";

/** Verbs of two words: both are capitalised, which `ray lint` warns of and the Store takes. */
const PHRASES: readonly [RegExp, string][] = [[/\bSet up\b/g, "Set Up"]];
/** Words that are spelled so everywhere, also at the beginning of a title. */
const BRANDS = ["loopd"];
const own = createRequire(import.meta.url);
const { titleCase } = createRequire(own.resolve("@raycast/eslint-config"))("@raycast/eslint-plugin/api") as {
  titleCase(text: string, brands?: string[]): string;
};

/** The manifest fits the schema, and what it names is there. */
export const checkManifest: Rule = (folder) => {
  const raw = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as unknown;
  const read = manifestSchema.safeParse(raw);
  if (!read.success)
    return read.error.issues.map(({ path, message }) => ({ where: `package.json /${path.join("/")}`, what: message }));
  const manifest = read.data;
  return [
    ...checkTitles(manifest),
    ...checkEntries(folder, manifest),
    ...checkNames(manifest),
    ...checkPreferences(manifest),
    ...checkArguments(manifest),
  ];
};

function checkTitles({ title, description, commands, tools = [], preferences = [] }: Manifest): Problem[] {
  const titled = [
    { at: "", title, description },
    ...commands.map((command, index) => ({ at: `/commands/${index}`, ...command })),
    ...tools.map((tool, index) => ({ at: `/tools/${index}`, ...tool })),
    ...preferences.map((preference, index) => ({ at: `/preferences/${index}`, ...preference })),
  ];
  return titled.flatMap((each) => {
    const where = `package.json ${each.at}`;
    const cased = each.title === undefined ? undefined : properCase(each.title);
    return [
      ...(cased === each.title ? [] : [{ where: `${where}/title`, what: `has to be in Title Case: "${cased}"` }]),
      ...[each.title ?? "", each.description]
        .filter((text) => /\b(raycast|RayCast|RAYCAST)\b/.test(text.replaceAll(/“raycast”/g, "")))
        .map((text) => ({ where, what: `spells Raycast another way: "${text}"` })),
    ];
  });
}

function properCase(title: string): string {
  return PHRASES.reduce((text, [found, proper]) => text.replaceAll(found, proper), titleCase(title, BRANDS));
}

function checkEntries(folder: string, { commands, tools = [] }: Manifest): Problem[] {
  const missing = (kind: string, name: string, below: string) =>
    ["ts", "tsx", "js", "jsx"].some((end) => existsSync(join(folder, below, `${name}.${end}`)))
      ? []
      : [{ where: `package.json ${kind} "${name}"`, what: `has no file ${below}/${name}.tsx` }];
  return [
    ...commands.flatMap(({ name }) => missing("command", name, "src")),
    ...tools.flatMap(({ name }) => missing("tool", name, "src/tools")),
  ];
}

function checkNames({ commands, tools = [], preferences = [] }: Manifest): Problem[] {
  const lists: [string, { name: string }[]][] = [
    ["/commands", commands],
    ["/tools", tools],
    ["/preferences", preferences],
    ...commands.map((command): [string, { name: string }[]] => [`/commands ${command.name}`, command.arguments ?? []]),
  ];
  return lists.flatMap(([at, list]) => {
    const names = list.map(({ name }) => name);
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    return twice.map((name) => ({ where: `package.json ${at}`, what: `has "${name}" twice` }));
  });
}

function checkPreferences({ commands, preferences = [] }: Manifest): Problem[] {
  const all = [...preferences, ...commands.flatMap((command) => command.preferences ?? [])];
  return all.flatMap((preference) => {
    if (preference.type !== "dropdown" || preference.default === undefined) return [];
    const values = preference.data.map(({ value }) => value);
    if (values.includes(preference.default)) return [];
    const where = `package.json preference "${preference.name}"`;
    return [{ where, what: `begins with "${preference.default}" and offers ${values.join(", ")}` }];
  });
}

function checkArguments({ commands }: Manifest): Problem[] {
  return commands.flatMap(({ name, arguments: list = [] }) => {
    const firstOptional = list.findIndex(({ required }) => required !== true);
    const lastRequired = list.findLastIndex(({ required }) => required === true);
    return firstOptional !== -1 && lastRequired > firstOptional
      ? [{ where: `package.json command "${name}"`, what: "has a required argument after an optional one" }]
      : [];
  });
}
