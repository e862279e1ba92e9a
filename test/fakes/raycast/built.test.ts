import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { isRunning } from "../processes.ts";
import { closeAll, launch, type LaunchOptions, openDeeplink } from "./launch.ts";
import { createStorage } from "./storage.ts";
import { openTool } from "./tool.ts";

let dist = "";
const preferences = [
  { name: "key", type: "password", required: true },
  { name: "mode", type: "dropdown", default: "wait", data: [{ value: "wait" }, { value: "deny" }] },
];
const manifest = {
  name: "probe",
  author: "ada",
  commands: [
    { name: "list", mode: "view" },
    { name: "other", mode: "view", arguments: [{ name: "text" }], preferences },
    { name: "sleeper", mode: "view" },
    { name: "menu", mode: "menu-bar" },
    { name: "quiet", mode: "no-view" },
  ],
  tools: [{ name: "look" }],
};

const HEAD =
  'const {jsx:j,jsxs}=require("react/jsx-runtime"),React=require("react"),api=require("@raycast/api"),{useState,useEffect}=React;' +
  "const {List,Detail,MenuBarExtra,Action,ActionPanel}=api;const p=(items)=>j(ActionPanel,{children:items});";
const write = (name: string, body: string) => writeFileSync(join(dist, `${name}.js`), HEAD + body);

beforeAll(() => {
  dist = mkdtempSync(join(tmpdir(), "loopd-host-"));
  mkdirSync(join(dist, "tools"));
  writeFileSync(join(dist, "package.json"), JSON.stringify(manifest));
  const fruit =
    "['apple','banana','cherry'].map(t=>j(List.Item,{id:t,title:t.toUpperCase(),keywords:[t+'s'],actions:p(";
  write(
    "list",
    `exports.default=()=>{const [n,setN]=useState(3),[sel,setSel]=useState(""),[kind,setKind]=useState("");
      return j(List,{navigationTitle:sel+" "+kind+" "+n,onSelectionChange:setSel,pagination:{pageSize:3,hasMore:n<9,onLoadMore:()=>setN(n+3)},
        searchBarAccessory:j(List.Dropdown,{tooltip:"Kind",storeValue:true,onChange:setKind,children:["all","red"].map(v=>j(List.Dropdown.Item,{value:v,title:v},v))}),
        children:${fruit}[j(Action,{title:"Open Other",onAction:()=>api.launchCommand({name:"other",type:"userInitiated",arguments:{text:t},context:{from:"list"}})},1),
          j(Action,{title:"Link",onAction:()=>api.open("raycast://extensions/ada/probe/quiet?launchType=background&context="+encodeURIComponent('{"a":1}'))},2),
          j(Action.PickDate,{title:"When",onChange:d=>setKind(d.toISOString())},3),
          j(Action,{title:"Leak",onAction:()=>{Promise.reject(new Error("nobody"))}},4),
          j(Action,{title:"Busy",onAction:()=>{const t=Date.now();while(Date.now()-t<80);}},5)])},t))})};`,
  );
  write(
    "other",
    `exports.default=(p)=>j(Detail,{markdown:JSON.stringify([p,api.getPreferenceValues(),api.environment.launchType])});`,
  );
  write(
    "sleeper",
    `const {spawn}=require("child_process");exports.default=()=>{useEffect(()=>{
      spawn("sleep",["600"],{stdio:"ignore"});const c=spawn("sleep",["600"],{stdio:"ignore",detached:true});
      api.LocalStorage.setItem("pid",c.pid)},[]);return j(Detail,{markdown:String(process.pid)})};`,
  );
  write(
    "menu",
    `let runs=0;exports.default=()=>{const [l,setL]=useState(true);useEffect(()=>{setTimeout(()=>setL(false),20)},[]);
      return j(MenuBarExtra,{isLoading:l,title:l?"…":"3",children:l?null:[j(MenuBarExtra.Item,{title:"Note",onAction:async e=>{await new Promise(d=>setTimeout(d,30));
        await api.LocalStorage.setItem("clicked",e.type+" "+api.environment.launchType)}},1),j(MenuBarExtra.Separator,{},2)]})};`,
  );
  write(
    "quiet",
    `exports.default=async(p)=>{if(p.launchContext.a===2)throw new Error("no");await api.updateCommandMetadata({subtitle:"seen "+p.launchContext.a});await api.showHUD("Done")};`,
  );
  writeFileSync(
    join(dist, "tools", "look.js"),
    `${HEAD}exports.default=async({what})=>{if(what==="bad")throw new Error("Cannot");return {pid:process.pid,what}};exports.confirmation=async({what})=>({message:"Look at "+what+"?"});`,
  );
});
afterEach(closeAll);
afterAll(() => rmSync(dist, { recursive: true, force: true }));

const run = (name: string, options: Partial<LaunchOptions> = {}) =>
  launch({ name, dist, env: { PATH: process.env.PATH }, preferences: {}, ...options });
test("a list reports its selection and its dropdown's choice, filters, and asks for more", async () => {
  const storage = createStorage();
  const command = run("list", { storage });
  await command.until((view) => view.props["navigationTitle"] === "apple all 3");
  expect(command.items()).toEqual(["APPLE", "BANANA", "CHERRY"]);
  command.select("CHERRY");
  await command.until((view) => String(view.props["navigationTitle"]).startsWith("cherry"));
  await command.search("bananas");
  expect(command.items()).toEqual(["BANANA"]);
  await command.until((view) => String(view.props["navigationTitle"]).startsWith("banana"));
  expect(() => command.select("APPLE")).toThrow("In sight: BANANA");
  await command.choose("red");
  expect([await command.loadMore(), await command.loadMore(), await command.loadMore()]).toEqual([true, true, false]);
  expect(command.view.props["navigationTitle"]).toBe("banana red 9");
  await command.action("When", new Date(0));
  expect(command.view.props["navigationTitle"]).toContain("1970-01-01");
  command.close();
  const again = run("list", { storage });
  await again.until((view) => view.props["navigationTitle"] === "apple red 3");
});

test("launching a view hands over arguments and context, and closes the one that launched it", async () => {
  const command = run("list", { storage: createStorage() });
  await command.until(() => command.actions().length === 5);
  await command.action("Open Other");
  const other = await command.next("other");
  expect(other.view).toMatchObject({ type: "Preferences", props: { missing: ["key"] } });
  await command.ended();
  expect(command.isWindowOpen).toBe(false);
  const set = run("other", { preferences: { key: "k" }, arguments: { text: "a" }, context: { from: "test" } });
  await set.until((view) => view.type === "Detail");
  const [props, values] = JSON.parse(String(set.view.props["markdown"])) as [object, object];
  expect(props).toEqual({ arguments: { text: "a" }, launchType: "userInitiated", launchContext: { from: "test" } });
  expect(values).toEqual({ key: "k", mode: "wait" });
  expect(() => run("other", { preferences: { key: "k", mode: "maybe" } })).toThrow("No person could set");
  expect(() => run("list", { launchType: "background" })).toThrow("for a person only");
});

test("a deeplink launches its command, from inside or from the system; a no-view command ends by itself", async () => {
  const storage = createStorage();
  const command = run("list", { storage });
  await command.until(() => command.actions().includes("Link"));
  await command.action("Link");
  const quiet = await command.next("quiet");
  await quiet.ended();
  expect([quiet.isEnded, quiet.huds, storage.subtitles.get("quiet")]).toEqual([true, ["Done"], "seen 1"]);
  expect(command.isLoaded).toBe(true);
  const context = encodeURIComponent('{"a":2}');
  const failing = openDeeplink(`raycast://extensions/ada/probe/quiet?context=${context}`, { dist, env: {} });
  await expect(failing.ended()).rejects.toThrow("no");
  expect(() => openDeeplink("raycast://extensions/eve/probe/quiet", { dist })).toThrow("no deeplink of this");
});

test("closing the window kills the command's process group; what was detached lives on", async () => {
  const storage = createStorage();
  const command = run("sleeper", { storage });
  await command.until((view) => view.type === "Detail" && storage.local.has("pid"));
  const own = Number(command.view.props["markdown"]);
  const detached = Number(storage.local.get("pid"));
  expect([command.pid, isRunning(own), isRunning(detached)]).toEqual([own, true, true]);
  command.close();
  await expect.poll(() => isRunning(own)).toBe(false);
  expect(isRunning(detached)).toBe(true);
  process.kill(detached, "SIGKILL");
});

test("a menu is unloaded as soon as it has loaded, runs anew when opened, and stays for its click", async () => {
  const storage = createStorage();
  const command = run("menu", { storage, launchType: "background" });
  await command.ended();
  expect([command.view.props["title"], command.items(), command.isLoaded]).toEqual(["3", ["Note"], false]);
  await command.openMenu();
  expect(command.isLoaded).toBe(true);
  await command.click("Note");
  expect(storage.local.get("clicked")).toBe("left-click userInitiated");
  expect(command.isLoaded).toBe(false);
});

test("a tool is confirmed before it runs, each in a process of its own; its error reaches the AI", async () => {
  const tool = openTool({ name: "look", dist, env: {}, input: { what: "the sky" } });
  expect(await tool.confirmation()).toEqual({ message: "Look at the sky?" });
  expect(await tool.run()).toMatchObject({ what: "the sky" });
  await expect(openTool({ name: "look", dist, env: {}, input: { what: "bad" } }).run()).rejects.toThrow("Cannot");
  expect(() => openTool({ name: "touch", dist })).toThrow('no tool "touch"');
});

test("an error that nobody caught fails the command, and a busy thread is measured", async () => {
  const command = run("list");
  await command.until(() => command.actions().includes("Busy"));
  await command.busy();
  await command.action("Busy");
  expect(await command.busy()).toBeGreaterThan(60);
  await command.action("Leak");
  await expect(command.until(() => false)).rejects.toThrow("Nobody caught this: Error: nobody");
});
