import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as Raycast from "@raycast/api";
import { createElement, type FunctionComponent } from "react";
import { buildApi } from "./api.ts";
import { loadCommand } from "./bundle.ts";
import { Command } from "./command.ts";
import { cacheClass, createStorage, localStorage, type Storage } from "./storage.ts";
import { COMMON_SHORTCUTS } from "./shortcuts.ts";
import { useNavigation } from "./navigation.ts";

/** The module as its declarations have it. */
export type RaycastApi = typeof Raycast;

/** How a command is launched. */
export interface LaunchOptions {
  /** Name in the manifest; also that of the built file. */
  name: string;
  /** Folder that `ray build` wrote: commands, assets and package.json. */
  dist: string;
  arguments?: Readonly<Record<string, string>>;
  fallbackText?: string;
  preferences?: Readonly<Record<string, unknown>>;
  /** Pass the one of an earlier launch to see what the command kept. */
  storage?: Storage;
  assetsPath?: string;
  env?: NodeJS.ProcessEnv;
  /** A component to run instead of the built file. It gets the fake of `@raycast/api`. */
  component?: (api: RaycastApi) => FunctionComponent<object>;
}

interface Manifest {
  name: string;
  author: string;
  commands: { name: string; mode: string; arguments?: { name: string; required?: boolean }[] }[];
  preferences?: { name: string; required?: boolean }[];
}

const running = new Set<Command>();

/** Launches a command and mounts it. It runs until `close`, or until the test calls `closeAll`. */
export function launch(options: LaunchOptions): Command {
  const { name, dist, env = {}, storage = createStorage(), preferences = {} } = options;
  const assetsPath = options.assetsPath ?? join(dist, "assets");
  const manifest = JSON.parse(readFileSync(join(dist, "package.json"), "utf8")) as Manifest;
  const declared = manifest.commands.find((command) => command.name === name);
  if (declared === undefined) throw new Error(`The manifest has no command "${name}".`);
  refuseUnknown("preference", preferences, manifest.preferences ?? []);
  refuseUnknown("argument", options.arguments ?? {}, declared.arguments ?? []);

  const command = new Command(storage, () => running.delete(command));
  running.add(command);
  const environment = {
    raycastVersion: "1.104.0",
    ownerOrAuthorName: manifest.author,
    extensionName: manifest.name,
    commandName: name,
    commandMode: declared.mode,
    assetsPath,
    supportPath: join(dist, "support"),
    isDevelopment: false,
    appearance: "dark",
    theme: "dark",
    textSize: "medium",
    launchType: "userInitiated",
    canAccess: () => false,
  };
  const api = buildApi({
    environment,
    "Keyboard.Shortcut.Common": COMMON_SHORTCUTS,
    ...prefixed("LocalStorage.", localStorage(storage, command.touch)),
    Cache: cacheClass(storage),
    getPreferenceValues: () => preferences,
    useNavigation,
    ...command.implementations(),
  });
  const component = options.component?.(api as RaycastApi) ?? loadCommand(builtFile(dist, name), api, env);
  if (declared.mode !== "view")
    throw new Error(`The fake runs commands of mode "view", and ${name} is "${declared.mode}".`);
  // Raycast hands an empty text for an argument that was left empty.
  const empty = Object.fromEntries((declared.arguments ?? []).map((argument) => [argument.name, ""]));
  const draftValues = storage.draft;
  storage.draft = undefined;
  const launchProps: object = {
    arguments: { ...empty, ...options.arguments },
    launchType: environment.launchType,
    ...(options.fallbackText === undefined ? {} : { fallbackText: options.fallbackText }),
    ...(draftValues === undefined ? {} : { draftValues }),
  };
  command.start(createElement(component, launchProps));
  return command;
}

/** Closes whatever a test left open. */
export function closeAll(): void {
  for (const command of [...running]) command.close();
}

function prefixed(prefix: string, members: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [prefix + name, value]));
}

function builtFile(dist: string, name: string): string {
  const file = join(dist, `${name}.js`);
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run raycast:build".`);
  return file;
}

function refuseUnknown(what: string, given: object, declared: { name: string; required?: boolean }[]): void {
  for (const name of Object.keys(given)) {
    if (!declared.some((each) => each.name === name)) throw new Error(`The manifest declares no ${what} "${name}".`);
  }
  const absent = declared.find((each) => each.required === true && !(each.name in given));
  if (absent !== undefined)
    throw new Error(`Raycast would not start the command before the ${what} "${absent.name}" is set.`);
}
