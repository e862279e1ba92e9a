import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** An application as a Linux desktop knows it. */
export interface DesktopFile {
  /** Of the `.desktop` file. */
  path: string;
  name: string;
  /** First word of its command. */
  program?: string;
}

const MAX_BYTES = 64 * 1024;
const MAX_FILES = 2000;

/** Every application with a window that is installed, in alphabetical order; the person's own files come before others. */
export async function desktopFiles(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): Promise<DesktopFile[]> {
  const own = environment["XDG_DATA_HOME"] || join(home, ".local/share");
  const shared = (environment["XDG_DATA_DIRS"] || "/usr/local/share:/usr/share").split(":");
  const found = new Map<string, DesktopFile | undefined>();
  for (const folder of [own, ...shared].filter((one) => one.startsWith("/"))) {
    const applications = join(folder, "applications");
    const names = (await readdir(applications).catch(() => [])).filter((name) => name.endsWith(".desktop"));
    for (const name of names.slice(0, MAX_FILES)) {
      // The first one of a name hides those of later folders, also where it says that there is none.
      if (!found.has(name)) found.set(name, await readDesktopFile(join(applications, name)));
    }
  }
  const files = [...found.values()].filter((file) => file !== undefined);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readDesktopFile(path: string): Promise<DesktopFile | undefined> {
  const text = await beginningOf(path).catch(() => "");
  const section = text.split(/^\[/m).find((part) => part.startsWith("Desktop Entry]")) ?? "";
  const value = (key: string) => new RegExp(`^${key}\\s*=\\s*(.*)$`, "m").exec(section)?.[1]?.trim();
  const name = value("Name");
  if (name === undefined || name === "" || value("Type") !== "Application") return undefined;
  if (value("NoDisplay") === "true" || value("Hidden") === "true") return undefined;
  const program = /^(?:env\s+(?:\S+=\S*\s+)*)?"?([^\s"]+)/.exec(value("Exec") ?? "")?.[1];
  return { path, name, ...(program === undefined ? {} : { program }) };
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
    return buffer.subarray(0, bytesRead).toString("utf8");
  } finally {
    await file.close();
  }
}
