import type { ShownToast } from "./feedback.ts";
import type { Patch } from "./tree.ts";

/** What a command is started with. Everything in it can be sent to another process. */
export interface Start {
  mode: "view" | "no-view" | "menu-bar";
  environment: Readonly<Record<string, unknown>> & { commandName: string; assetsPath: string; launchType: string };
  /** What the component or function gets: arguments, launchType, launchContext, draftValues, fallbackText. */
  props: Readonly<Record<string, unknown>>;
  preferences: Readonly<Record<string, unknown>>;
  local: Readonly<Record<string, string | number | boolean>>;
  cache: Readonly<Record<string, string>>;
  /** Names of the manifest's commands with their modes, for `launchCommand`. */
  commands: Readonly<Record<string, string>>;
  clipboard: unknown;
}

/** What the person and the system give to a command, on request. Undefined is answered with Raycast's own error. */
export interface Surroundings {
  selectedText?: string;
  selectedFinderItems?: readonly { path: string }[];
  frontmostApplication?: { name: string; path: string; bundleId?: string };
  applications?: readonly { name: string; path: string; bundleId?: string }[];
}

/** How a command asks for another one. */
export interface LaunchRequest {
  name: string;
  launchType: string;
  arguments?: Record<string, string> | null;
  context?: Record<string, unknown> | null;
  fallbackText?: string | null;
}

/** Toasts, HUDs and the open alert, as plain data. */
export interface Overlays {
  toasts: readonly ShownToast[];
  huds: readonly string[];
  alert?:
    | undefined
    | {
        title: string;
        message?: string | undefined;
        buttons: readonly [string, string];
        style?: string | undefined;
      };
}

/** What the host can have a command do. */
export interface RealmMethods {
  start(start: Start): Promise<void>;
  /** Calls an export of an AI tool. Undefined where there is none of that name. */
  tool(start: Start, name: "default" | "confirmation", input: unknown): Promise<unknown>;
  perform(node: number, value: unknown): Promise<void>;
  enter(values: Readonly<Record<string, unknown>>): Promise<void>;
  call(node: number, prop: string, values: unknown[]): Promise<void>;
  press(button: string): void;
  pressToast(title: string): Promise<void>;
  settle(): void;
  pop(): void;
  unload(): void;
  busy(): number;
}

/** What a command tells the host, and asks of it. */
export interface HostMethods {
  shown(patch: Patch): void;
  overlays(overlays: Overlays): void;
  failed(message: string, stack: string | undefined): void;
  ended(): void;
  stored(kind: "local" | "cache", values: Readonly<Record<string, string | number | boolean>>): void;
  copied(content: unknown): void;
  pasted(content: unknown): void;
  opened(target: string): void;
  launched(request: LaunchRequest): Promise<void>;
  told(what: "subtitle" | "window" | "root" | "quicklink" | "trash" | "search", value: unknown): void;
  surroundings(): Surroundings;
}
