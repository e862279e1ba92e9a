import { confirmAlert, Icon, launchCommand, LaunchType } from "@raycast/api";
import type { Connection } from "../protocol/connect.ts";
import type { FolderRow } from "../protocol/install.ts";
import { folderWords } from "./present/set-up-items.ts";
import { withToast } from "./with-toast.ts";

type Request = Connection["request"];

/** Where macOS keeps who may see and use windows. */
export const ACCESSIBILITY = "x-apple.systempreferences:com.apple.preference.security?Privacy_Accessibility";
/** Where it keeps who may use which folders. */
export const FOLDERS = "x-apple.systempreferences:com.apple.preference.security?Privacy_FilesAndFolders";
/** A first question. It only reads. */
export const SAMPLE = "What is in this folder? Tell me in three lines, and change nothing.";

/** Lets macOS ask for the permission to read windows. */
export async function askForScreen(request: Request): Promise<void> {
  const words = {
    doing: "Asking macOS…",
    done: "Asked",
    failed: "The Permission Could Not Be Asked For",
  };
  await withToast(words, async () => (await request("screen.permissions", { isAsking: true })).how);
}

/** Says what is coming, then has macOS ask for the guarded folders; undefined where the person would rather not. */
export async function askForFolders(request: Request): Promise<FolderRow[] | undefined> {
  const isSure = await confirmAlert({
    title: "Look Into Your Folders?",
    message:
      "macOS now asks up to three times whether the helper (node) may use Desktop, Documents and Downloads. Nothing in them is read. Without them loopd works in other folders.",
    icon: Icon.Folder,
    primaryAction: { title: "Continue" },
  });
  if (!isSure) return undefined;
  const words = {
    doing: "Waiting for your answers to macOS…",
    done: "Looked",
    failed: "The Folders Could Not Be Looked Into",
  };
  let folders: FolderRow[] | undefined;
  await withToast(words, async () => {
    ({ folders } = await request("helper.folders", {}));
    return folderWords(folders);
  });
  return folders;
}

/** A menu bar command stays there once a person has launched it. */
export async function showInMenuBar(): Promise<void> {
  await launchCommand({ name: "show-status", type: LaunchType.UserInitiated });
}
