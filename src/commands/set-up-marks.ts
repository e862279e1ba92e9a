import { LocalStorage } from "@raycast/api";
import { type SetUpMarks, setUpMarksSchema } from "./present/set-up-items.ts";

const KEY = "set-up";

/** What was done in Set Up that no helper knows of: Raycast alone has a menu bar and hotkeys. */
export async function readMarks(home: string): Promise<SetUpMarks> {
  const none: SetUpMarks = { home, marks: {} };
  try {
    const marks = setUpMarksSchema.parse(JSON.parse((await LocalStorage.getItem<string>(KEY)) ?? "null"));
    return marks.home === home ? marks : none;
  } catch {
    // Nothing was kept, or nothing that can be read.
    return none;
  }
}

/** Keeps it. */
export async function keepMarks(marks: SetUpMarks): Promise<void> {
  await LocalStorage.setItem(KEY, JSON.stringify(marks));
}
