import { buildApi } from "./api.ts";
import type { Feedback } from "./feedback.ts";
import type { HostMethods, LaunchRequest, Start } from "./messages.ts";
import { useNavigation } from "./navigation.ts";
import type { Remote } from "./peer.ts";
import { cacheClass, localStorage } from "./realm-storage.ts";
import { COMMON_SHORTCUTS } from "./shortcuts.ts";
import type { Surface } from "./surface.ts";

/** What a realm gives to the API besides the messages to its host. */
export interface ApiParts {
  surface: Surface;
  start: Start;
  host: Remote<HostMethods>;
  feedback: Feedback;
  fail(error: unknown): void;
}

/** The module that a command gets for `@raycast/api`. */
export function apiOf({ surface, start, host, feedback, fail }: ApiParts): object {
  let clipboard = start.clipboard;
  const copy = async (content: unknown) => {
    clipboard = content;
    await host.copied(content);
  };
  const Toast = feedback.toastClass();
  const showToast = async (first: object | string, title?: string, message?: string) => {
    const toast = new Toast((typeof first === "string" ? { style: first, title, message } : first) as never);
    await toast.show();
    return toast;
  };
  const readText = async () => (typeof clipboard === "string" ? clipboard : undefined);
  return buildApi(surface, {
    environment: { ...start.environment, canAccess: () => false },
    "Keyboard.Shortcut.Common": COMMON_SHORTCUTS,
    ...prefixed("LocalStorage.", localStorage(start, host)),
    Cache: cacheClass(start, host),
    getPreferenceValues: () => start.preferences,
    useNavigation,
    Toast,
    showToast,
    showHUD: async (title: string) => {
      await feedback.showHUD(title);
      await host.told("window", "closed");
    },
    confirmAlert: feedback.confirmAlert,
    "Clipboard.copy": copy,
    "Clipboard.paste": async (content: unknown) => void (await host.pasted(content)),
    "Clipboard.readText": readText,
    "Clipboard.read": async () => ({ text: (await readText()) ?? "" }),
    "Clipboard.clear": () => copy(undefined),
    open: (target: string) => host.opened(target),
    showInFinder: (path: unknown) => host.opened(String(path)),
    trash: (path: unknown) => host.told("trash", path),
    openExtensionPreferences: () => host.opened("preferences:extension"),
    openCommandPreferences: () => host.opened("preferences:command"),
    launchCommand: (request: LaunchRequest) => launchCommand(start, host, request),
    closeMainWindow: () => host.told("window", "closed"),
    popToRoot: () => host.told("root", undefined),
    clearSearchBar: () => host.told("search", ""),
    captureException: fail,
    updateCommandMetadata: ({ subtitle }: { subtitle?: string | null }) => host.told("subtitle", subtitle ?? null),
    ...surroundings(host),
  });
}

function surroundings(host: Remote<HostMethods>) {
  const given = async <T>(value: T | undefined, problem: string): Promise<T> => {
    if (value === undefined) throw new Error(problem);
    return value;
  };
  return {
    getSelectedText: async () =>
      given((await host.surroundings()).selectedText, "Cannot copy selected text from frontmost application."),
    getSelectedFinderItems: async () =>
      given((await host.surroundings()).selectedFinderItems, "Finder isn't the frontmost application"),
    getFrontmostApplication: async () =>
      given((await host.surroundings()).frontmostApplication, "No frontmost application found"),
    getApplications: async () => (await host.surroundings()).applications ?? [],
    getDefaultApplication: async () =>
      given((await host.surroundings()).applications?.[0], "No default application found"),
  };
}

async function launchCommand(start: Start, host: Remote<HostMethods>, request: LaunchRequest): Promise<void> {
  const mode = start.commands[request.name];
  const isForeign = "extensionName" in request && request.extensionName !== start.environment["extensionName"];
  if (isForeign) return host.opened(`command:${String(request.extensionName)}/${request.name}`);
  if (mode === undefined) throw new Error(`No command "${request.name}" is in the manifest.`);
  if (mode === "view" && request.launchType === "background")
    throw new Error(`"${request.name}" is a view: Raycast launches those for a person only.`);
  return host.launched(request);
}

function prefixed(prefix: string, members: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [prefix + name, value]));
}
