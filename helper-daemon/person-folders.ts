import { opendir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { FolderRow } from "../src/protocol/install.ts";

const FOLDERS = ["Desktop", "Documents", "Downloads"];

/**
 * Looks into the folders that macOS guards, one after the other: the first time, the system asks the person about each of
 * them, and this waits for the answer. Nothing is read but that there is a first name.
 */
export async function lookIntoFolders(signal: AbortSignal): Promise<FolderRow[]> {
  const rows: FolderRow[] = [];
  for (const name of FOLDERS) {
    if (signal.aborted) break;
    rows.push(await lookInto(name));
  }
  return rows;
}

async function lookInto(name: string): Promise<FolderRow> {
  try {
    const folder = await opendir(join(homedir(), name));
    try {
      await folder.read();
    } finally {
      await folder.close();
    }
    return { name, state: "open" };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { name, state: "missing" };
    return { name, state: "refused", why: code ?? message };
  }
}
