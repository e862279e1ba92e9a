import { Clipboard, getFrontmostApplication, getSelectedText } from "@raycast/api";
import { type Selection, selectionProblem } from "./present/selection.ts";

/** What there is to ask about, or why there is nothing. */
export type Material = { type: "text"; selection: Selection } | { type: "nothing"; why: string };

/** Reads the selected text, or that of the clipboard. */
export async function readMaterial(from: Selection["from"]): Promise<Material> {
  if (from === "clipboard") return materialOf({ text: (await Clipboard.readText()) ?? "", app: undefined, from });
  const app = await nameOfFront();
  const text = await getSelectedText().catch(() => "");
  if (text.trim() !== "") return materialOf({ text, app, from });
  const where = app === undefined ? "The application in front" : app;
  const why = `${where} shows no selected text, or does not let Raycast read it. Select some and look again, or take what you have copied.`;
  return { type: "nothing", why };
}

function materialOf(selection: Selection): Material {
  const why = selectionProblem(selection.text);
  return why === undefined ? { type: "text", selection } : { type: "nothing", why };
}

async function nameOfFront(): Promise<string | undefined> {
  return getFrontmostApplication().then(
    ({ name }) => name,
    // Raycast knows none on an empty desktop.
    () => undefined,
  );
}
