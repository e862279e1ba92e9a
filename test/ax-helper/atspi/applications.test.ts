import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Screen } from "./desktop.ts";
import { isSkipped, openDesktop } from "./open-desktop.ts";

const PROGRAMS = ["galculator", "gnome-calculator", "mousepad", "gedit", "zenity", "pcmanfm", "featherpad", "chromium"];

describe.skipIf(isSkipped(...PROGRAMS))("real programs", () => {
  test("a calculator computes 7 × 6 from presses alone", async () => {
    const desktop = await openDesktop();
    await desktop.open("galculator");
    const screen = await desktop.read("galculator");
    expect(screen).toMatchObject({ app: "galculator", toolkit: "gtk", cut: "none" });
    for (const key of ["7", "*", "6", "="]) {
      const acted = await desktop.act(screen.find(/button/, key), { action: "press" });
      expect(acted).toMatchObject({ outcome: "done", by: "accessibility" });
    }
    const after = await desktop.read("galculator", ({ all }) => all.some(({ text }) => text === "42"));
    expect(after.find("frame").id).toBe(screen.find("frame").id);
  });

  test("a calculator of GTK 4, whose buttons are named twice, computes too", async () => {
    const desktop = await openDesktop();
    await desktop.open("gnome-calculator");
    const ready = ({ all }: Screen) => all.some(({ name }) => name?.trim() === "= =");
    const screen = await desktop.read("gnome-calculator", ready);
    for (const key of ["7 7", "× ×", "6 6", "= ="]) {
      const acted = await desktop.act(screen.find("push button", key), { action: "press" });
      expect(acted).toMatchObject({ outcome: "done", by: "accessibility" });
    }
    await desktop.read("gnome-calculator", ({ all }) => all.some(({ role, text }) => role === "text" && text === "42"));
  });

  test("an editor of GTK takes text at its caret, is set, and obeys its menus", async () => {
    const desktop = await openDesktop();
    await desktop.open("mousepad");
    const screen = await desktop.read("mousepad");
    const editor = screen.find("text");
    const typed = "héllo wörld 🦊\nשלום";
    expect(await desktop.act(editor, { action: "type", text: typed })).toMatchObject({
      outcome: "done",
      verified: true,
    });
    expect(await desktop.act(editor, { action: "type", text: "!" })).toMatchObject({ verified: true });
    const after = await desktop.read("mousepad");
    expect(after.find("text")).toMatchObject({ text: `${typed}!`, chars: [...typed].length + 1 });
    expect(await desktop.act(editor, { action: "set", value: "new" })).toMatchObject({ verified: true });
    // What is selected is typed over.
    const menu = after.find("menu bar");
    expect(await desktop.act(menu, { action: "menu", path: ["Edit", "Select All"] })).toMatchObject({
      outcome: "done",
    });
    expect(await desktop.act(editor, { action: "type", text: "over" })).toMatchObject({ verified: true });
    expect((await desktop.read("mousepad")).find("text").text).toBe("over");
    const missing = await desktop.act(menu, { action: "menu", path: ["Edit", "Nothing"] });
    expect(missing).toMatchObject({ code: "not-found" });
    expect(missing).toHaveProperty("choices", expect.arrayContaining(["Undo", "Redo"]));
  });

  test("a dialog that a menu opens can be read and used, with its window beside it", async () => {
    const desktop = await openDesktop();
    await desktop.open("mousepad");
    await desktop.read("mousepad");
    desktop.give("Mousepad");
    const screen = await desktop.read("mousepad", ({ active }) => active);
    const opened = await desktop.act(screen.find("menu bar"), { action: "menu", path: ["Search", "Go to..."] });
    expect(opened).toMatchObject({ outcome: "done", by: "input" });
    const both = await desktop.read("mousepad", ({ all }) => all.some(({ role }) => role === "dialog"));
    expect(both.find("dialog").states).toContain("modal");
    expect(both.find("text", "").role).toBe("text");
    const cancel = both.find("push button", "Cancel");
    expect(await desktop.act(cancel, { action: "press" })).toMatchObject({ outcome: "done" });
    await desktop.read("mousepad", ({ all }) => all.every(({ role }) => role !== "dialog"));
  });

  test("a text of 1 MB never crosses whole, and any part of it can be asked for", async () => {
    const desktop = await openDesktop();
    const path = join(desktop.folder, "long.txt");
    await writeFile(path, "0123456789abcde\n".repeat(65_536));
    await desktop.open("gedit", path);
    // The line break at the end of a file is none of its text there.
    const screen = await desktop.read("gedit", ({ all }) => all.some(({ chars }) => chars === 1_048_575));
    const editor = screen.all.find(({ chars }) => chars === 1_048_575);
    expect(editor?.text).toHaveLength(1_000);
    const asked = { do: "text", element: editor?.id ?? "", from: 1_048_560, count: 50 } as const;
    expect(await desktop.ask(asked)).toEqual({ text: "0123456789abcde", chars: 1_048_575 });
  });

  test("of a list of 300 rows those on view are read, and the rest is counted", async () => {
    const desktop = await openDesktop();
    const path = join(desktop.folder, "rows.txt");
    await writeFile(path, Array.from({ length: 300 }, (_, index) => `row ${index}\n`).join(""));
    await desktop.open("sh", "-c", `zenity --list --title=Rows --column=Name < ${path}`);
    const whole = (more: number | undefined) => more !== undefined && more > 200;
    const screen = await desktop.read("zenity", ({ all }) =>
      all.some(({ role, more }) => role === "table" && whole(more)),
    );
    expect(screen.nodes).toBeLessThan(250);
    const row = screen.find("table cell", "row 2");
    expect(await desktop.act(row, { action: "select" })).toMatchObject({ outcome: "done", verified: true });
    const down = await desktop.act(screen.find("table"), { action: "scroll", direction: "down", pages: 20 });
    expect(down).toMatchObject({ outcome: "done", verified: true });
    const names = (await desktop.read("zenity")).all.map(({ name }) => name);
    expect(names).not.toContain("row 2");
    expect(names.some((name) => /^row \d{2,}$/.test(name ?? ""))).toBe(true);
  });

  test("a file manager of GTK 2 is read, and its menu opens the folder above", async () => {
    const desktop = await openDesktop();
    const [folder, inner] = [join(desktop.folder, "files"), join(desktop.folder, "files", "inner")];
    await desktop.open("sh", "-c", `mkdir -p ${inner} && exec pcmanfm --no-desktop ${folder}`);
    const screen = await desktop.read("pcmanfm", ({ all }) => all.some(({ name }) => name === "1 item"));
    expect(screen).toMatchObject({ toolkit: "GAIL", window: "files" });
    expect(screen.all.find(({ desc }) => desc === "Folder location bar")?.text).toBe(folder);
    const up = await desktop.act(screen.find("menu bar"), { action: "menu", path: ["Go", "Parent Folder"] });
    expect(up).toMatchObject({ outcome: "done" });
    await desktop.read("pcmanfm", ({ window }) => window === basename(desktop.folder));
  });

  test("an editor of Qt, which keeps nothing in its cache, is walked, written in and obeys its menus", async () => {
    const desktop = await openDesktop();
    await desktop.open("featherpad");
    const screen = await desktop.read("FeatherPad", ({ all }) => all.length > 50);
    expect(screen.toolkit).toBe("Qt");
    const editor = screen.all.find(({ role, states }) => role === "text" && states.includes("showing"));
    if (editor === undefined) throw new Error("no editor");
    expect(await desktop.act(editor, { action: "type", text: "qt 🦊" })).toMatchObject({ verified: true });
    expect(await desktop.act(editor, { action: "type", text: " text" })).toMatchObject({ verified: true });
    const after = await desktop.read("FeatherPad", ({ all }) => all.some(({ text }) => text === "qt 🦊 text"));
    // A modal dialog keeps the program from confirming; it may have happened, and it has.
    const opened = await desktop.act(after.tree, { action: "menu", path: ["Options", "Preferences"] });
    expect(opened).not.toHaveProperty("code");
    await desktop.read("FeatherPad", ({ window }) => window === "Preferences");
  });

  test("a form in a browser is filled and sent", async () => {
    const desktop = await openDesktop();
    const page = join(desktop.folder, "form.html");
    await writeFile(
      page,
      `<title>Order</title><form onsubmit="document.title='Sent '+n.value+' '+c.checked+' '+s.value+' '+a.value+' '+r.value;return false">
       <label>Name <input id=n></label><label><input type=checkbox id=c> Gift</label>
       <label>Size <select id=s><option>Small<option>Large</select></label>
       <label>Age <input type=number id=a></label><label>Loud <input type=range id=r max=10 value=2></label>
       <label>Secret <input type=password value=Zq7whisper></label><button>Send</button></form>`,
    );
    await desktop.browse(page);
    const screen = await desktop.read("Chromium", ({ all }) =>
      all.some(({ role, name }) => /button/.test(role) && name === "Send"),
    );
    const secret = screen.find("password text");
    expect(secret.secure).toBe(true);
    expect(JSON.stringify(screen.tree)).not.toContain("Zq7whisper");
    expect(await desktop.ask({ do: "text", element: secret.id, from: 0, count: 10 })).toMatchObject({ code: "secure" });
    desktop.give("Order");
    await desktop.read("Chromium", ({ active }) => active);
    const written = await desktop.act(screen.find("entry", "Name"), { action: "set", value: "Ada" });
    expect(written).toMatchObject({ outcome: "done", verified: true });
    const gift = screen.find("check box");
    expect(await desktop.act(gift, { action: "toggle", on: true })).toMatchObject({ verified: true });
    expect(await desktop.act(gift, { action: "toggle", on: true })).toMatchObject({ verified: true, events: 0 });
    const size = screen.find("combo box");
    expect(await desktop.act(size, { action: "select", option: "Large" })).toMatchObject({ outcome: "done" });
    const age = await desktop.act(screen.find("spin button", "Age"), { action: "set", value: "42" });
    expect(age).toMatchObject({ outcome: "done", verified: true });
    const loud = await desktop.act(screen.find("slider", "Loud"), { action: "set", value: 7 });
    expect(loud).toMatchObject({ outcome: "done", verified: true });
    expect(await desktop.act(screen.find("push button", "Send"), { action: "press" })).toMatchObject({
      outcome: "done",
    });
    await desktop.read("Chromium", ({ window }) => window.startsWith("Sent Ada true Large 42 7"));
  });
});
