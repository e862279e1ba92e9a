import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Desktop, DesktopApp, Permission } from "./desktop.ts";

/** The script's words are arguments; nothing is ever put into its text. */
const NOTIFICATION = [
  "on run argv",
  "display notification (item 2 of argv) with title (item 1 of argv)",
  "end run",
] as const;

const PANES: Readonly<Record<Permission, string>> = {
  files: "com.apple.preference.security?Privacy_AllFiles",
  notifications: "com.apple.preference.notifications",
  automation: "com.apple.preference.security?Privacy_Automation",
  accessibility: "com.apple.preference.security?Privacy_Accessibility",
  screen: "com.apple.preference.security?Privacy_ScreenCapture",
};

const FOLDERS = ["/Applications", "/Applications/Utilities", "/System/Applications", "/System/Applications/Utilities"];

/** macOS, by the programs that come with it. */
export function darwinDesktop(home: string): Desktop {
  return {
    // Without it they take the text of the clipboard for one of the old Macintosh encoding.
    variables: { LC_CTYPE: "UTF-8" },
    packages: {},
    openUrl: (url) => [{ program: "open", args: [url], stays: true }],
    readClipboard: () => [{ program: "pbpaste", args: ["-Prefer", "txt"] }],
    writeClipboard: (text) => [{ program: "pbcopy", args: [], input: text }],
    notify: (title, text) => [
      { program: "osascript", args: [...NOTIFICATION.flatMap((line) => ["-e", line]), "--", title, text] },
    ],
    // Two brackets would begin a command to the voice.
    speak: (text, voice) => [
      {
        program: "say",
        args: [...(voice === undefined ? [] : ["-v", voice]), "-f", "-"],
        input: text.replaceAll("[[", "[ ["),
      },
    ],
    apps: () => applicationsIn([...FOLDERS, "/System/Library/CoreServices", join(home, "Applications")]),
    async running(ask, apps) {
      const names = foregroundNames(await ask({ program: "lsappinfo", args: ["list"] }));
      return new Set(apps.filter(({ name }) => names.has(name)).map(({ id }) => id));
    },
    openApp: ({ id }, target) => [
      { program: "open", args: ["-a", id, ...(target === undefined ? [] : [target])], stays: true },
    ],
    takePicture: ([left, top, width, height], file) => [
      {
        program: "screencapture",
        folder: "/usr/sbin",
        args: ["-x", "-t", "png", `-R${left},${top},${width},${height}`, file],
      },
    ],
    shrinkPicture: (file, longest) => [{ program: "sips", folder: "/usr/bin", args: ["-Z", String(longest), file] }],
    openSettings: (permission) => [
      { program: "open", args: [`x-apple.systempreferences:${PANES[permission]}`], stays: true },
    ],
  };
}

/** Bundles that stand in these folders themselves. */
async function applicationsIn(folders: readonly string[]): Promise<DesktopApp[]> {
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      return names.flatMap((name): DesktopApp[] =>
        name.endsWith(".app") ? [{ name: name.slice(0, -".app".length), id: join(folder, name) }] : [],
      );
    }),
  );
  return lists.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names in the listing of `lsappinfo`: a numbered line for each application, its properties below it. */
function foregroundNames(listing: string): Set<string> {
  const parts = listing.split(/^ *\d+\) /m).slice(1);
  return new Set(
    parts.flatMap((part) => (part.includes('type="Foreground"') ? (/^"([^"]*)"/.exec(part)?.[1] ?? []) : [])),
  );
}
