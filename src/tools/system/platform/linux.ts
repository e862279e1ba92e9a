import { readdir, readlink } from "node:fs/promises";
import { basename } from "node:path";
import type { Desktop, DesktopCommand, Rect } from "./desktop.ts";
import { type DesktopFile, desktopFiles } from "./desktop-files.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How a program finds the person's session. */
const SESSION = [
  "DISPLAY WAYLAND_DISPLAY XAUTHORITY DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR XDG_CURRENT_DESKTOP XDG_SESSION_TYPE",
  "XDG_DATA_DIRS XDG_DATA_HOME XDG_CONFIG_HOME XDG_CONFIG_DIRS DESKTOP_SESSION PULSE_SERVER BROWSER",
].flatMap((line) => line.split(" "));

const PACKAGES = {
  "xdg-open": "xdg-utils",
  xclip: "xclip",
  xsel: "xsel",
  "wl-copy": "wl-clipboard",
  "wl-paste": "wl-clipboard",
  "notify-send": "libnotify-bin",
  "espeak-ng": "espeak-ng",
  "spd-say": "speech-dispatcher",
  gio: "libglib2.0-bin",
  maim: "maim",
  scrot: "scrot",
  import: "imagemagick",
  grim: "grim",
  magick: "imagemagick",
};

/** Linux, by the programs of whichever desktop there is. */
export function linuxDesktop(environment: Environment, home: string): Desktop {
  const isWayland = (environment["WAYLAND_DISPLAY"] ?? "") !== "";
  const found = SESSION.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]]));
  /** Those for Wayland know nothing of X, and the other way round. */
  const first = (wayland: DesktopCommand, x: DesktopCommand[]) => (isWayland ? [wayland, ...x] : [...x, wayland]);
  return {
    variables: Object.fromEntries(found) as Record<string, string>,
    packages: PACKAGES,
    openUrl: (url) => [
      { program: "xdg-open", args: [url], stays: true },
      { program: "gio", args: ["open", url], stays: true },
    ],
    readClipboard: () =>
      first({ program: "wl-paste", args: ["--no-newline", "--type", "text"] }, [
        { program: "xclip", args: ["-selection", "clipboard", "-out"] },
        { program: "xsel", args: ["--clipboard", "--output"] },
      ]),
    writeClipboard: (input) =>
      first({ program: "wl-copy", args: ["--type", "text/plain;charset=utf-8"], input, stays: true }, [
        { program: "xclip", args: ["-selection", "clipboard", "-in"], input, stays: true },
        { program: "xsel", args: ["--clipboard", "--input"], input, stays: true },
      ]),
    notify: (title, text) => [{ program: "notify-send", args: ["--app-name=loopd", "--", title, withoutMarkup(text)] }],
    // The speech dispatcher speaks on after its client has ended, so it comes last.
    speak: (input, voice) => [
      { program: "espeak-ng", args: [...(voice === undefined ? [] : ["-v", voice]), "--stdin"], input },
      { program: "spd-say", args: ["--wait", ...(voice === undefined ? [] : ["-y", voice]), "--pipe-mode"], input },
    ],
    apps: async () => (await desktopFiles(environment, home)).map(({ name, path }) => ({ name, id: path })),
    async running() {
      const programs = await runningPrograms();
      const files = await desktopFiles(environment, home);
      return new Set(files.filter((file) => isRunning(file, programs)).map(({ path }) => path));
    },
    openApp: ({ id }, target) => [
      { program: "gio", args: ["launch", id, ...(target === undefined ? [] : [target])], stays: true },
    ],
    takePicture: (rect, file) => (isWayland ? [pictureOfWayland(rect, file)] : picturesOfX(rect, file)),
    shrinkPicture: (file, longest) =>
      ["magick", "convert"].map((program) => ({ program, args: [file, "-resize", `${longest}x${longest}>`, file] })),
    openSettings: () => [],
  };
}

/** Without the pointer, which may hide what matters. */
function picturesOfX([left, top, width, height]: Rect, file: string): DesktopCommand[] {
  const geometry = `${width}x${height}+${left}+${top}`;
  return [
    { program: "maim", args: ["--hidecursor", "--format=png", `--geometry=${geometry}`, file] },
    { program: "scrot", args: ["--overwrite", "--autoselect", `${left},${top},${width},${height}`, file] },
    { program: "import", args: ["-silent", "-window", "root", "-crop", geometry, "+repage", `png:${file}`] },
  ];
}

function pictureOfWayland([left, top, width, height]: Rect, file: string): DesktopCommand {
  return { program: "grim", args: ["-t", "png", "-g", `${left},${top} ${width}x${height}`, file] };
}

/** The text of a notification may hold markup and, for this program, escapes. */
function withoutMarkup(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function isRunning({ program }: DesktopFile, programs: ReadonlySet<string>): boolean {
  return program !== undefined && programs.has(basename(program));
}

/** Names of the programs that the person's processes run. */
async function runningPrograms(): Promise<Set<string>> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const paths = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/exe`).catch(() => "")));
  return new Set(paths.map((path) => basename(path)));
}
