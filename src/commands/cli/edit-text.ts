import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asLoopdError, LoopdError } from "../../protocol/errors.ts";

/**
 * Opens a copy of a text in the person's editor, waits until they are done, and saves what they made of it. What cannot be
 * saved is kept. The variable may hold arguments, as in `code --wait`, so a shell takes it apart.
 * @throws LoopdError `usage` where there is no editor, or where it did not end well; whatever `save` throws, with the place
 * where the text is kept.
 */
export async function editText<T>(text: string, name: string, save: (text: string) => Promise<T>): Promise<T> {
  const { VISUAL, EDITOR } = process.env;
  const editor = [VISUAL, EDITOR].find((one) => one !== undefined && one.trim() !== "");
  if (editor === undefined) {
    throw new LoopdError(
      "usage",
      "No editor is known, so nothing was changed. Name one: EDITOR=nano loopd memory edit …",
    );
  }
  const folder = mkdtempSync(join(tmpdir(), "loopd-edit-"));
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  const { status, error } = spawnSync("/bin/sh", ["-c", `${editor} "$1"`, "sh", path], { stdio: "inherit" });
  const kept = () => (readFileSync(path, "utf8") === text ? "" : ` Your text is kept in ${path}.`);
  if (error !== undefined || status !== 0) {
    const why = error?.message ?? `exit code ${status ?? "?"}`;
    throw new LoopdError("usage", `The editor (${editor}) did not end well: ${why}. Nothing was changed.${kept()}`);
  }
  try {
    const saved = await save(readFileSync(path, "utf8"));
    rmSync(folder, { recursive: true, force: true });
    return saved;
  } catch (thrown) {
    const { code, message } = asLoopdError(thrown);
    throw new LoopdError(code, `${message}${kept()}`, { cause: thrown });
  }
}
