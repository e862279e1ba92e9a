import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createElement as h, type FunctionComponent, useEffect, useState } from "react";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { closeAll, launch, type LaunchOptions, type RaycastApi } from "./launch.ts";
import { createStorage } from "./storage.ts";

let dist = "";
const manifest = {
  name: "probe",
  author: "probe",
  commands: [{ name: "probe", mode: "view", arguments: [{ name: "text" }] }],
};

beforeAll(() => {
  dist = mkdtempSync(join(tmpdir(), "loopd-fake-"));
  writeFileSync(join(dist, "package.json"), JSON.stringify(manifest));
});
afterEach(closeAll);
afterAll(() => rmSync(dist, { recursive: true, force: true }));

type Probe = (api: RaycastApi) => FunctionComponent<Record<string, never>>;
const run = (component: Probe, options: Partial<LaunchOptions> = {}) =>
  launch({ name: "probe", dist, component: component as LaunchOptions["component"], ...options });

/** What the fake says about a view that Raycast would not show. */
async function refusal(component: Probe): Promise<string> {
  return run(component)
    .until(() => true)
    .then(
      () => "taken",
      (error: Error) => error.message,
    );
}

test("a view is a plain tree with its details and actions, and follows the state", async () => {
  const command = run(({ Detail, ActionPanel, Action, Icon }) => () => {
    const [count, setCount] = useState(0);
    const more = h(Action, { title: "More", icon: Icon.Plus, onAction: () => setCount(count + 1) });
    const label = h(Detail.Metadata.Label, { title: "Count", text: String(count) });
    return h(Detail, {
      markdown: `# ${count}`,
      metadata: h(Detail.Metadata, null, label),
      actions: h(ActionPanel, null, more),
    });
  });
  await command.until((view) => view.type === "Detail");
  await command.action("More");
  await command.until((view) => view.props["markdown"] === "# 1");
  expect(command.print()).toBe(
    ["Detail", "  | # 1", "  Detail.Metadata", '    Label "Count" text="1"', "  > More"].join("\n"),
  );
});

test("what Raycast does not know or would not show fails the command", async () => {
  const bad = { colour: "red" } as object;
  expect(
    await refusal(
      ({ Detail }) =>
        () =>
          h(Detail, { markdown: "x", ...bad }),
    ),
  ).toContain('unknown prop "colour"');
  expect(
    await refusal(
      ({ Detail }) =>
        () =>
          h(Detail, { markdown: 3 as never }),
    ),
  ).toContain("Detail.markdown is 3");
  expect(
    await refusal(
      ({ List }) =>
        () =>
          h(List, null, h(List.Item, {} as never)),
    ),
  ).toContain("List.Item.title");
  expect(
    await refusal(
      ({ List }) =>
        () =>
          h(List, null, h(List.Item, { title: "x", icon: { source: 3 } as never })),
    ),
  ).toContain("icon");
  expect(
    await refusal(
      ({ Icon }) =>
        () =>
          h((Icon as never)["Nope"], null),
    ),
  ).toContain('has no "Nope"');
  expect(await refusal((api) => () => h((api as never)["Window"], null))).toContain('has no "Window"');
  expect(
    await refusal(
      ({ Form, List }) =>
        () =>
          h(List, null, h(Form.Separator, null)),
    ),
  ).toContain("Form.Separator cannot stand in List");
  expect(
    await refusal(
      ({ List }) =>
        () =>
          h(
            List,
            null,
            ["a", "b"].map((title) => h(List.Item, { title })),
          ),
    ),
  ).toContain("key");
  expect(
    await refusal(
      ({ List }) =>
        () =>
          h(List, null, "text"),
    ),
  ).toContain("bare text");
});

test("shortcuts must be real, free and unique in their panel", async () => {
  const withShortcuts =
    (...shortcuts: object[]): Probe =>
    ({ Detail, ActionPanel, Action }) =>
    () =>
      h(Detail, {
        actions: h(
          ActionPanel,
          null,
          ...shortcuts.map((shortcut, key) => h(Action, { key, title: "x", shortcut } as never)),
        ),
      });
  expect(await refusal(withShortcuts({ modifiers: ["cmd"], key: "b" }))).toBe("taken");
  expect(await refusal(withShortcuts({ modifiers: ["command"], key: "b" }))).toContain("shortcut");
  expect(await refusal(withShortcuts({ modifiers: ["cmd"], key: "k" }))).toContain("belongs to Raycast");
  const twice = { modifiers: ["shift", "cmd"], key: "b" };
  expect(await refusal(withShortcuts(twice, { ...twice, modifiers: ["cmd", "shift"] }))).toContain("used twice");
});

test("a form reports controlled, entered and first values, and refuses what it does not offer", async () => {
  let submitted: unknown;
  const command = run(({ Form, ActionPanel, Action }) => () => {
    const [name, setName] = useState("");
    const submit = h(Action.SubmitForm, { onSubmit: (values: unknown) => void (submitted = values) });
    return h(
      Form,
      { actions: h(ActionPanel, null, submit) },
      h(Form.TextField, { id: "name", value: name, onChange: setName }),
      h(Form.TextArea, { id: "note", defaultValue: "none" }),
      h(
        Form.Dropdown,
        { id: "colour" },
        h(Form.Dropdown.Item, { value: "red", title: "Red" }),
        h(Form.Dropdown.Item, { value: "blue", title: "Blue" }),
      ),
      h(Form.Checkbox, { id: "sure", label: "Sure" }),
    );
  });
  await command.until((view) => view.type === "Form");
  await command.submit({ name: "Ada" });
  expect(submitted).toEqual({ name: "Ada", note: "none", colour: "red", sure: false });
  await expect(command.submit({ nome: "Ada" })).rejects.toThrow('not "nome"');
  await expect(command.submit({ colour: "green" })).rejects.toThrow("offers red, blue");
});

test("pushed views stay above the ones that stay mounted, and closing unmounts all", async () => {
  const log: string[] = [];
  const Screen = ({ api, name }: { api: RaycastApi; name: string }) => {
    const { push, pop } = api.useNavigation();
    useEffect(() => {
      log.push(`+${name}`);
      return () => void log.push(`-${name}`);
    }, [name]);
    const actions = h(
      api.ActionPanel,
      null,
      h(api.Action, {
        title: "Push",
        onAction: () => push(h(Screen, { api, name: "second" }), () => log.push("popped")),
      }),
      h(api.Action, { title: "Pop", onAction: pop }),
    );
    return h(api.Detail, { markdown: name, actions });
  };
  const command = run((api) => () => h(Screen, { api, name: "first" }));
  await command.until((view) => view.props["markdown"] === "first");
  await command.action("Push");
  await command.until((view) => view.props["markdown"] === "second");
  await command.action("Pop");
  await command.until((view) => view.props["markdown"] === "first");
  command.close();
  expect(log).toEqual(["+first", "+second", "popped", "-second", "-first"]);
});

test("toasts change in place, alerts wait for a button, storage and drafts outlive the command", async () => {
  const storage = createStorage();
  const component: Probe = ({ Form, ActionPanel, Action, showToast, Toast, confirmAlert, LocalStorage }) =>
    function Probe({ draftValues }: { draftValues?: { note?: string } }) {
      const ask = async () => {
        const toast = await showToast({ style: Toast.Style.Animated, title: "Asking" });
        const isSure = await confirmAlert({ title: "Sure?", primaryAction: { title: "Yes" } });
        toast.style = isSure ? Toast.Style.Success : Toast.Style.Failure;
        toast.title = isSure ? "Yes" : "No";
        await LocalStorage.setItem("sure", isSure);
      };
      const actions = h(ActionPanel, null, h(Action, { title: "Ask", onAction: ask }));
      return h(
        Form,
        { enableDrafts: true, actions },
        h(Form.TextArea, { id: "note", defaultValue: draftValues?.note ?? "" }),
      );
    } as FunctionComponent<Record<string, never>>;
  const command = run(component, { storage });
  await command.until(() => true);
  const asked = command.action("Ask");
  await command.until(() => command.alert !== undefined);
  expect(command.toasts).toMatchObject([{ title: "Asking", style: "ANIMATED" }]);
  expect(() => command.alert?.press("Maybe")).toThrow('"Yes" and "Cancel"');
  command.alert?.press("Yes");
  await asked;
  expect(command.toasts).toMatchObject([{ title: "Yes", style: "SUCCESS" }]);
  expect(storage.local.get("sure")).toBe(true);
  await command.enter({ note: "half a thought" });
  command.close();
  const again = run(component, { storage });
  await again.until(() => true);
  expect(again.values).toEqual({ note: "half a thought" });
});

test("a built command may require Node, React and Raycast, nothing else, and sees the given environment", async () => {
  mkdirSync(dist, { recursive: true });
  const body = 'const {jsx}=require("react/jsx-runtime"),{Detail}=require("@raycast/api");';
  const file = join(dist, "probe.js");
  writeFileSync(
    file,
    `${body}exports.default=(p)=>jsx(Detail,{markdown:process.env.LOOPD_HOME+" "+p.arguments.text});`,
  );
  const command = launch({ name: "probe", dist, env: { LOOPD_HOME: "/somewhere" }, arguments: { text: "hello" } });
  await command.until((view) => view.props["markdown"] === "/somewhere hello");
  writeFileSync(file, 'require("better-sqlite3");');
  await expect(launch({ name: "probe", dist }).until(() => true)).rejects.toThrow('requires "better-sqlite3"');
  expect(() => launch({ name: "probe", dist, arguments: { test: "" } })).toThrow('no argument "test"');
});

test("icons must be Raycast's or files, colours Raycast's, ids their own, and no state is set after the end", async () => {
  const item = (props: object) => (api: RaycastApi) => () =>
    h(api.List, null, h(api.List.Item, { title: "x", ...props }));
  expect(await refusal(item({ icon: "nowhere.png" }))).toContain('"nowhere.png" is no icon');
  expect(await refusal(item({ icon: { source: "🐙", tintColor: "reddish" } }))).toContain('"reddish" is no colour');
  expect(await refusal(item({ icon: "airplane-16", accessories: [{ tag: { value: "x", color: "#ff0000" } }] }))).toBe(
    "taken",
  );
  expect(
    await refusal(
      ({ List }) =>
        () =>
          h(
            List,
            null,
            ["a", "b"].map((key) => h(List.Item, { key, id: "same", title: key })),
          ),
    ),
  ).toContain('item id "same" is used twice');
  expect(
    await refusal(
      ({ MenuBarExtra, Detail }) =>
        () =>
          h(MenuBarExtra, null, h(Detail, null)),
    ),
  ).toContain("Detail cannot stand in MenuBarExtra");
  const file = join(dist, "probe.js");
  const head =
    'const {jsx}=require("react/jsx-runtime"),{useState,useEffect}=require("react"),{Detail}=require("@raycast/api");';
  const inner =
    'const I=()=>{const [n,set]=useState(0);useEffect(()=>{setTimeout(()=>set(1),30)},[]);return jsx(Detail,{markdown:"in"})};';
  const outer =
    'exports.default=()=>{const [s,set]=useState(true);useEffect(()=>{setTimeout(()=>set(false),5)},[]);return s?jsx(I,{}):jsx(Detail,{markdown:"out"})};';
  writeFileSync(file, head + inner + outer);
  const command = launch({ name: "probe", dist });
  await expect(command.until(() => false)).rejects.toThrow("set after it was unmounted");
});
