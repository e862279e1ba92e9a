import { existsSync } from "node:fs";
import { join } from "node:path";
import type * as Raycast from "@raycast/api";
import type { FunctionComponent } from "react";
import { Command } from "./command.ts";
import { readDeeplink } from "./deeplink.ts";
import { argumentsFor, commandOf, type Manifest, readManifest, settle } from "./manifest.ts";
import type { LaunchRequest, Start, Surroundings } from "./messages.ts";
import { type Seat, seatHere, seatInProcess } from "./seat.ts";
import { createStorage, type Storage } from "./storage.ts";

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
  /** By a person, unless told otherwise. Raycast launches menu bar and no-view commands in the background too. */
  launchType?: "userInitiated" | "background";
  /** What `launchCommand` or a deeplink gave along. */
  context?: Readonly<Record<string, unknown>>;
  /** What the person has set; defaults of the manifest are added. */
  preferences?: Readonly<Record<string, unknown>>;
  /** Pass the one of an earlier launch to see what the command kept. */
  storage?: Storage;
  /** Selected text, frontmost application, and so on. */
  surroundings?: Surroundings;
  appearance?: "dark" | "light";
  /** What is on the clipboard. */
  clipboard?: string;
  assetsPath?: string;
  /** Environment of the command's process. */
  env?: NodeJS.ProcessEnv;
  /** A component to run in the host's own process instead of the built file. It gets the host's `@raycast/api`. */
  component?: (api: RaycastApi) => FunctionComponent<object>;
}

const running = new Set<Command>();

/** Launches a command in a process of its own. It runs until it is closed, or until the test calls `closeAll`. */
export function launch(given: LaunchOptions): Command {
  const options = { ...given, storage: given.storage ?? createStorage() };
  const { name, dist, storage } = options;
  const manifest = readManifest(dist);
  const { mode, preferences: own = [] } = commandOf(manifest, name);
  const declared = [...(manifest.preferences ?? []), ...own];
  const { missing } = settle(declared, options.preferences ?? {});
  argumentsFor(commandOf(manifest, name), options.arguments ?? {});
  if (mode === "view" && options.launchType === "background")
    throw new Error(`"${name}" is a view: Raycast launches those for a person only.`);

  const relaunch = (request: LaunchRequest) => launch({ ...options, ...asked(request) });
  const command = new Command({
    ...{ name, mode, storage, surroundings: options.surroundings ?? {} },
    seat: () => seatFor(options),
    start: (launchType, clipboard) => startOf(options, manifest, launchType, clipboard),
    launch: relaunch,
    readDeeplink: (target) => readDeeplink(target, manifest),
    onClose: (closed) => running.delete(closed),
  });
  running.add(command);
  command.clipboard = options.clipboard;
  if (missing.length > 0) command.show(preferencesScreen(missing));
  else command.start(options.launchType ?? "userInitiated");
  return command;
}

/** Opens a deeplink as the system does: launches the command it names, with the options of some other launch. */
export function openDeeplink(target: string, options: Omit<LaunchOptions, "name">): Command {
  const request = readDeeplink(target, readManifest(options.dist));
  if (request === undefined) throw new Error(`${target} is no deeplink of this extension.`);
  return launch({ ...options, ...asked(request) });
}

/** Closes whatever a test left open. */
export function closeAll(): void {
  for (const command of [...running]) command.close();
}

function asked(request: LaunchRequest): Omit<LaunchOptions, "dist"> {
  const { name, launchType, context, fallbackText } = request;
  return {
    name,
    launchType: launchType === "background" ? "background" : "userInitiated",
    arguments: request.arguments ?? {},
    context: context ?? undefined,
    fallbackText: fallbackText ?? undefined,
  };
}

function seatFor({ component, dist, name, env = {} }: LaunchOptions): Seat {
  if (component !== undefined) return seatHere((api) => ({ default: component(api as RaycastApi) }));
  return seatInProcess(builtFile(dist, name), env);
}

function startOf(
  options: LaunchOptions & { storage: Storage },
  manifest: Manifest,
  launchType: string,
  clipboard: unknown,
): Start {
  const { name, dist, storage, appearance = "dark" } = options;
  const command = commandOf(manifest, name);
  const { values } = settle(
    [...(manifest.preferences ?? []), ...(command.preferences ?? [])],
    options.preferences ?? {},
  );
  const { fallbackText, context } = options;
  const draftValues = storage.drafts.get(name);
  storage.drafts.delete(name);
  return {
    mode: command.mode,
    environment: {
      ...{ raycastVersion: "1.104.0", ownerOrAuthorName: manifest.owner ?? manifest.author },
      ...{ extensionName: manifest.name, commandName: name, commandMode: command.mode },
      assetsPath: options.assetsPath ?? join(dist, "assets"),
      supportPath: join(dist, "support"),
      ...{ isDevelopment: false, appearance, theme: appearance, textSize: "medium", launchType },
      ...(context === undefined ? {} : { launchContext: context }),
    },
    props: {
      arguments: argumentsFor(command, options.arguments ?? {}),
      launchType,
      ...(fallbackText === undefined ? {} : { fallbackText }),
      ...(draftValues === undefined ? {} : { draftValues }),
      ...(context === undefined ? {} : { launchContext: context }),
    },
    preferences: values,
    local: Object.fromEntries(storage.local),
    cache: Object.fromEntries(storage.cache),
    commands: Object.fromEntries(manifest.commands.map((each) => [each.name, each.mode])),
    clipboard,
  };
}

/** Raycast asks for required preferences itself, before the command runs. */
function preferencesScreen(missing: string[]) {
  return { id: 0, type: "Preferences", props: { title: "Set these first", missing }, children: [] };
}

function builtFile(dist: string, name: string): string {
  const file = join(dist, `${name}.js`);
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run raycast:build".`);
  return file;
}
