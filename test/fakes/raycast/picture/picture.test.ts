import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createElement as h, type FunctionComponent } from "react";
import { parseHTML } from "linkedom";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Command } from "../command.ts";
import { closeAll, launch, type LaunchOptions, type RaycastApi } from "../launch.ts";
import { drawScene } from "./draw.ts";
import { shortened, widthOf, wrapped } from "./measure.ts";

let dist = "";
const icon = resolve(import.meta.dirname, "../../../../assets/icon.svg");
beforeAll(() => {
  dist = mkdtempSync(join(tmpdir(), "loopd-picture-"));
  const manifest = { name: "probe", author: "probe", commands: [{ name: "probe", mode: "view" }] };
  writeFileSync(join(dist, "package.json"), JSON.stringify(manifest));
});
afterEach(closeAll);
afterAll(() => rmSync(dist, { recursive: true, force: true }));

const show = async (component: (api: RaycastApi) => FunctionComponent<object>): Promise<Command> => {
  const command = launch({ name: "probe", dist, component: component as LaunchOptions["component"] });
  await command.until(() => true);
  return command;
};

/** Every text of the drawn picture, which must be well-formed. */
function drawn(command: Command, panel: "open" | "closed" = "closed"): string {
  const texts = (["dark", "light"] as const).map((appearance) => {
    const svg = drawScene(command.scene, { appearance, icon, title: "Probe", panel });
    expect(svg).not.toMatch(/NaN|undefined|\[object/);
    expect(svg.match(/<g[ >]/g)?.length).toBe(svg.match(/<\/g>/g)?.length);
    const { document } = parseHTML(svg);
    return [...document.querySelectorAll("text")].map((text) => text.textContent).join("\n");
  });
  expect(texts[0]).toBe(texts[1]);
  return texts[0] ?? "";
}

test("a list shows what is in sight: sections, items, accessories, the open actions", async () => {
  const command = await show(({ List, ActionPanel, Action, Icon, Color }) => () => {
    const item = (title: string) =>
      h(List.Item, {
        ...{ key: title, title, icon: Icon.Shield, subtitle: "second line <b>" },
        accessories: [{ text: "17 kB" }, { tag: { value: "Failed", color: Color.Red } }],
        actions: h(
          ActionPanel,
          null,
          h(Action, { title: `Open ${title}` }),
          h(Action, { title: "Fork", shortcut: { modifiers: ["cmd"], key: "f" } }),
        ),
      });
    return h(
      List,
      { navigationTitle: "Fruit" },
      h(List.Section, { title: "Red", subtitle: "2" }, ["Apple", "Cherry"].map(item)),
    );
  });
  await command.search("cher");
  const text = drawn(command, "open");
  for (const word of ["Red", "Cherry", "second line <b>", "17 kB", "Failed", "Open Cherry", "⌘", "cher"])
    expect(text).toContain(word);
  expect(text).not.toContain("Apple");
});

test("a detail shows Markdown and metadata, a form its fields with their errors", async () => {
  const detail = await show(
    ({ Detail }) =>
      () =>
        h(Detail, {
          markdown:
            "# Title\n\nSome **bold** `code`\n\n> quoted\n\n1. one\n2. two\n\n```\n+ added\n```\n\n| a | b |\n| - | - |\n| c | d |",
          metadata: h(Detail.Metadata, null, h(Detail.Metadata.Label, { title: "Model", text: "qwen3" })),
        }),
  );
  const text = drawn(detail);
  for (const word of ["Title", "bold", "code", "quoted", "one", "2.", "+ added", "d", "Model", "qwen3"])
    expect(text).toContain(word);
  const form = await show(
    ({ Form }) =>
      () =>
        h(
          Form,
          null,
          h(Form.TextField, { id: "name", title: "Name", value: "digest", error: "Taken" }),
          h(Form.PasswordField, { id: "key", title: "Key", defaultValue: "secret" }),
          h(Form.Dropdown, { id: "zone", title: "Zone" }, h(Form.Dropdown.Item, { value: "utc", title: "Universal" })),
        ),
  );
  const fields = drawn(form);
  for (const word of ["Name", "digest", "Taken", "••••••", "Universal"]) expect(fields).toContain(word);
  expect(fields).not.toContain("secret");
});

test("texts are shortened and wrapped to what fits, also words that are longer than a line", () => {
  const look = { size: 13 };
  const long = "a".repeat(400);
  for (const text of ["one two three four five six seven", long, "日本語のテキスト".repeat(20)]) {
    expect(widthOf(shortened(text, 100, look), look)).toBeLessThanOrEqual(100);
    for (const line of wrapped(text, 100, look)) expect(widthOf(line, look)).toBeLessThanOrEqual(100);
    expect(wrapped(text, 100, look).join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
  }
});
