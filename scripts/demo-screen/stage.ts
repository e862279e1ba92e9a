import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Where the demonstration plays. */
export interface Stage {
  environment: Record<string, string>;
  /** The programs' names, as they tell them. */
  calculator: string;
  editor: string;
  /** Puts a picture of both windows, or of the one with such a title, into a file. False: nothing here takes pictures. */
  photograph(path: string, title?: string): boolean;
  close(): Promise<void>;
}

const PACKAGES: readonly [program: string, name: string][] = [
  ["Xvfb", "xvfb"],
  ["dbus-daemon", "dbus-daemon"],
  ["xdotool", "xdotool"],
  ["galculator", "galculator"],
  ["mousepad", "mousepad"],
];
const FILES: readonly [path: string, name: string][] = [
  ["/usr/bin/python3", "python3"],
  ["/usr/share/dbus-1/services/org.a11y.Bus.service", "at-spi2-core"],
];
/** Where both windows stand. */
const BOTH = "720x430+30+30";
/** What can take a picture of one window, or of both; the first that is there does. */
const CAMERAS: readonly ((path: string, window: string | undefined) => string[])[] = [
  (path, window) => ["maim", ...(window === undefined ? ["-g", BOTH] : ["-i", window]), path],
  (path, window) => ["import", "-window", ...(window === undefined ? ["root", "-crop", BOTH] : [window]), path],
];

const isThere = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

/** What a display of its own needs and this machine lacks, as Debian's packages are called. */
export function missingPackages(): string[] {
  return [...PACKAGES.filter(([program]) => !isThere(program)), ...FILES.filter(([path]) => !existsSync(path))].map(
    ([, name]) => name,
  );
}

/** A display nobody sees, with a calculator and an editor side by side. */
export async function ownStage(): Promise<Stage> {
  const { startDesktop } = await import("../../test/ax-helper/atspi/desktop.ts");
  const desktop = await startDesktop();
  const { environment } = desktop;
  const run = (program: string, ...args: string[]) => spawnSync(program, args, { env: environment, encoding: "utf8" });
  const windowOf = (title: string) =>
    run("xdotool", "search", "--onlyvisible", "--name", title).stdout.trim().split("\n").at(-1) ?? "";
  const place = (title: string, ...numbers: [x: number, y: number, width: number, height: number]) => {
    const [x, y, width, height] = numbers.map(String);
    run("xdotool", "windowmove", windowOf(title), x ?? "", y ?? "");
    run("xdotool", "windowsize", windowOf(title), width ?? "", height ?? "");
  };
  try {
    await desktop.open("galculator");
    await desktop.open("mousepad");
    for (const app of ["galculator", "mousepad"]) await desktop.listed(app);
    place("galculator", 40, 40, 330, 400);
    place("Mousepad", 410, 40, 330, 180);
  } catch (error) {
    await desktop.close();
    throw error;
  }
  return {
    environment,
    calculator: "galculator",
    editor: "mousepad",
    photograph: (path, title) => {
      const window = title === undefined ? undefined : windowOf(title);
      return CAMERAS.some((camera) => {
        const [program = "", ...args] = camera(path, window);
        return isThere(program) && run(program, ...args).status === 0;
      });
    },
    close: desktop.close,
  };
}

/** The person's own display: opens a calculator and an editor there, which stay theirs. */
export function stageHere(platform: NodeJS.Platform): Stage {
  const isMac = platform === "darwin";
  const [calculator, editor] = isMac ? ["Calculator", "TextEdit"] : ["galculator", "mousepad"];
  const opened = [calculator, editor].map((app) => {
    const [command, ...args] = isMac ? ["/usr/bin/open", "-a", app] : [app];
    const child = spawn(command ?? "", args, { stdio: "ignore" });
    child.on("error", () => console.log(`${app} could not be opened; open it yourself.`));
    return child;
  });
  const environment = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return {
    ...{ environment, calculator, editor },
    // Their whole screen is nobody's business.
    photograph: () => false,
    close: async () => {
      if (!isMac) for (const child of opened) child.kill();
    },
  };
}
