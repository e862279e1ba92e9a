import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";

/** Files that other programs run or obey, by the names that the sandbox package knows for them. */
const FILES = ".gitconfig .gitmodules .bashrc .bash_profile .zshrc .zprofile .profile .ripgreprc .mcp.json .envrc";
/** Folders of settings by which editors and agents run programs. */
const FOLDERS = [".vscode", ".idea", ".cursor", ".claude"];
/** Those that a program obeys as soon as somebody opens the workspace; they must not come into being either. */
const ABSENT = [...FOLDERS, ".mcp.json"];
const SEARCH_DEPTH = 4;
const SEARCH_LIMIT_MS = 10_000;

/**
 * What a command must not write in a folder that it may write: it would act later, without the sandbox. Git's hooks and
 * configuration, shell start-up files and editors' settings, as far down as they are likely, whether they exist or, at the
 * top, not. A search that cannot be finished costs the command, not the protection.
 * @throws when the folder cannot be searched
 */
export async function escapePaths(folder: string, ripgrep: string): Promise<string[]> {
  const found = await search(folder, ripgrep);
  const paths = found.flatMap((file) => escapesOf(file));
  // A path below an absent name keeps the name itself free of anything but an empty folder, which git does not see.
  const absent = await Promise.all(
    ABSENT.map(async (name) => ((await exists(join(folder, name))) ? name : `${name}/x`)),
  );
  const git = (await isFolder(join(folder, ".git"))) ? GIT_PARTS : (await exists(join(folder, ".git"))) ? [".git"] : [];
  return [...new Set([...paths, ...absent, ...git].map((path) => join(folder, path)))];
}

const GIT_PARTS = [".git/hooks", ".git/config"];

/** What to protect because of one file that was found. */
function escapesOf(file: string): string[] {
  const parts = file.split("/");
  const git = parts.lastIndexOf(".git");
  if (git !== -1) return GIT_PARTS.map((part) => [...parts.slice(0, git), part].join("/"));
  const settings = parts.findIndex((part) => FOLDERS.includes(part.toLowerCase()));
  return [settings === -1 ? file : parts.slice(0, settings + 1).join("/")];
}

function search(folder: string, ripgrep: string): Promise<string[]> {
  const names = [...FILES.split(" "), ...FOLDERS.map((name) => `**/${name}/**`), "**/.git/HEAD"];
  const globs = [...names.flatMap((name) => ["--iglob", name]), "--glob", "!**/node_modules/**"];
  const flags = ["--files", "--hidden", "--no-ignore", "--no-messages", "--null", "--max-depth", String(SEARCH_DEPTH)];
  const options = { cwd: folder, timeout: SEARCH_LIMIT_MS, maxBuffer: 16 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(ripgrep, [...flags, "--no-config", ...globs, "."], options, (error, output) => {
      // 1: nothing found; 2: some folder could not be read, by the command neither.
      if (error !== null && error.code !== 1 && error.code !== 2) return reject(error);
      resolve(
        output
          .split("\0")
          .filter((path) => path !== "")
          .map((path) => path.replace(/^\.\//, "")),
      );
    });
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
