import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The program that looks at the screen, and what it gets of the environment. */
export interface ScreenProgram {
  command: string;
  args: readonly string[];
  environment: Readonly<Record<string, string>>;
}

/** Where this helper runs. */
export interface Place {
  platform: NodeJS.Platform;
  architecture: string;
  environment: Readonly<Record<string, string | undefined>>;
}

/** Where the programs can stand: beside this bundle, above its chunks, or as source. */
const PROCESS_PLACES = ["screen.mjs", "../screen.mjs", "screen-process.ts"];
const NATIVE_PLACES = ["../native/", "../../native/", "../../assets/native/"];
/** Where an installation has put it, seen from an installed bundle: a place that stays the same for macOS's permissions. */
const INSTALLED_PLACES = ["../../bin/loopd-screen", "../../../bin/loopd-screen"];

/** What a program needs to find the desktop. Keys and tokens stay with the helper. */
const PASSED = new Set([
  ...[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "XDG_CACHE_HOME",
    "__CF_USER_TEXT_ENCODING",
  ],
  ...["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS", "AT_SPI_BUS"],
]);

/**
 * The backend that LOOPD_SCREEN_BACKEND or the platform names, and what stands behind its colon: `fixture:PATH` shows captured
 * windows, `mac:PATH` starts another `loopd-screen`.
 */
export function backendOf({ platform, environment }: Place): { name: string; path: string | undefined } {
  const [name = "", path] = (environment["LOOPD_SCREEN_BACKEND"] ?? (platform === "darwin" ? "mac" : "atspi")).split(
    /:(.*)/s,
  );
  return { name, path };
}

/** `loopd-screen` on a Mac, elsewhere a process of Node. */
export function screenProgram(place: Place): ScreenProgram {
  const { architecture, environment } = place;
  const passed = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      PASSED.has(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
  const { name, path } = backendOf(place);
  if (name === "mac") {
    const program = `loopd-screen-${architecture === "arm64" ? "arm64" : "x86_64"}`;
    const command = path ?? firstOf([...NATIVE_PLACES.map((each) => each + program), ...INSTALLED_PLACES]);
    return { command, args: [], environment: passed };
  }
  const shown = path === undefined ? [] : [path];
  const args = ["--no-warnings", "--max-old-space-size=256", firstOf(PROCESS_PLACES), name, ...shown];
  return { command: process.execPath, args, environment: passed };
}

function firstOf(places: readonly string[]): string {
  const paths = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return paths.find((path) => existsSync(path)) ?? paths[0] ?? "";
}
