import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { node } from "../../ax-helper/tree/windows.ts";
import { world } from "../world.ts";

/** A form with two fields and a menu; `focus` has the keyboard. */
async function login(focus: string, second: object) {
  const folder = await mkdtemp(join(tmpdir(), "loopd-login-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const states = (name: string) => [
    ...["enabled", "sensitive", "showing", "visible", "editable"],
    ...(name === focus ? ["focused"] : []),
  ];
  const children = [
    node("entry", "User", { states: states("User"), rect: [0, 0, 90, 20] }),
    node("password text", "PIN", { states: states("PIN"), rect: [0, 30, 90, 20], ...second }),
    node("menu item", "Paste", { rect: [0, 60, 90, 20] }),
  ];
  const tree = node("frame", "Login", { states: ["active", "showing", "visible"], rect: [0, 0, 200, 200], children });
  await writeFile(join(folder, "0.json"), JSON.stringify({ app: "Bank", toolkit: "", window: "Login", tree }));
  const made = await world({ screen: `fixture:${folder}` });
  const { text } = await made.call("screen_read", {});
  const ref = (name: string) => new RegExp(`([a-z]\\d+)\\S* ${name}`).exec(text)?.[1] ?? "";
  const isSecure = async (name: string, asked: object) =>
    (await made.facts("screen_act", { ref: ref(name), ...asked })).isSecure === true;
  return { ...made, isSecure, ref };
}

test("text with a Tab or an Enter in it may end in the secret field of the same window", async () => {
  const { isSecure } = await login("User", { secure: true });
  for (const text of ["ada\thunter2", "ada\nhunter2", "ada\rhunter2"]) {
    expect(await isSecure("User", { action: "type", text })).toBe(true);
    expect(await isSecure("User", { action: "set", text })).toBe(true);
  }
  expect(await isSecure("User", { action: "type", text: "ada lovelace" })).toBe(false);
  expect(await isSecure("User", { action: "key", chord: "Tab" })).toBe(false);
  expect(await isSecure("Paste", { action: "press" })).toBe(false);
});

test("while a secret field has the keyboard, whatever is chosen from a menu or sent as a key is for it", async () => {
  const { isSecure } = await login("PIN", { secure: true });
  for (const action of ["press", "click", "select", "toggle"]) expect(await isSecure("Paste", { action })).toBe(true);
  expect(await isSecure("User", { action: "key", chord: "ctrl+v" })).toBe(true);
  expect(await isSecure("User", { action: "menu", path: ["Edit", "Paste"] })).toBe(true);
  expect(await isSecure("User", { action: "type", text: "ada" })).toBe(false);
  expect(await isSecure("User", { action: "press" })).toBe(false);
});

test("where a window has no secret field, no text is taken for one", async () => {
  const { isSecure } = await login("User", { role: "entry", secure: false });
  expect(await isSecure("User", { action: "type", text: "ada\thunter2" })).toBe(false);
});
