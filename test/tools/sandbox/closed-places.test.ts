import { chmod, link, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect } from "vitest";
import type { RuleCondition } from "../../../src/protocol/values.ts";
import { closedPlaces } from "../../../src/tools/sandbox/closed-places.ts";
import { type World, world } from "../world.ts";
import { sandboxTest } from "./sandbox-test.ts";

const ON = { sandbox: { mode: "auto" as const, domains: [] } };
const deny = (path: string | string[], when: RuleCondition = {}) => rule("deny", { path, ...when });
const rule = (decision: "deny" | "execute" | "requiresApproval", when: RuleCondition) => ({
  ...{ id: JSON.stringify([decision, when]), decision, when },
});

async function files(here: World, ...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `marmalade of ${path.slice(here.place.workspace.length - "work".length)}\n`);
  }
}

/** Which files a command could read, whichever way it went there. */
async function readable(here: World, rules: ReturnType<typeof rule>[], command: string): Promise<string[]> {
  const { text, kind } = await here.call("shell_run", { command }, { rules });
  expect(kind, text).toBe("ok");
  return [...text.matchAll(/marmalade of (\S+)/g)].map(([, name = ""]) => name).sort();
}

sandboxTest("what rules close to reading no command reads, whichever way it goes there", async () => {
  const here = await world(ON);
  const { home } = here.place;
  const work = here.place.workspace;
  await files(here, `${home}/private/x`, `${home}/private/deep/y`, `${home}/open`, `${work}/.env`, `${work}/a/.env`);
  await files(here, `${work}/a/b`, `${work}/one.txt`);
  await chmod(`${home}/private/x`, 0o755);
  await symlink(`${home}/private`, `${work}/way`);
  const rules = [deny("~/Private/"), deny("**/.ENV"), deny(`${work}/one.txt`, { effect: "read" })];
  const ways = [
    `cat ${home}/pr*/x ${home}/pr*/deep/* ${home}/open`,
    "cp -r wa[y]/. copy; cat copy/*",
    `tar -cf - -C ${home} . | tar -xOf -`,
    "find . -type f -exec cat {} +",
    "cat wa*/* .e* a/.e* a/b",
    `python3 -c 'print(open("${home}/pri" + "vate/x").read())' || true`,
    "ln .e* hard; cat hard; mv .e* moved; cat moved; mv a c; cat c/.e*",
    `cd ${home}; cat p*/x; cat /proc/self/root${home}/p*/x`,
    "cat on*.txt",
  ];
  expect(await readable(here, rules, ways.join("\n"))).toEqual(
    ["home/open", "home/open", "work/a/b", "work/a/b"].sort(),
  );
  expect(await readable(here, [], `cat ${home}/private/x .env one.txt`)).toEqual([
    "home/private/x",
    "work/.env",
    "work/one.txt",
  ]);
  expect(await readFile(`${work}/.env`, "utf8")).toContain("marmalade");
});

sandboxTest("exceptions before a rule hold, and rules before an exception", async () => {
  const here = await world(ON);
  const work = here.place.workspace;
  const [opened, closed, secret] = [`${work}/p/open/b`, `${work}/p/a`, `${work}/p/open/.env`];
  await files(here, opened, closed, secret, `${work}/q`);
  const all = "grep -rh marmalade . || true";
  const open = rule("execute", { path: `${work}/p/open/**` });
  expect(await readable(here, [open, deny(`${work}/p/**`)], all)).toEqual([
    "work/p/open/.env",
    "work/p/open/b",
    "work/q",
  ]);
  expect(await readable(here, [deny("**/.env"), open, deny(`${work}/p/**`)], all)).toEqual(["work/p/open/b", "work/q"]);
  expect(await readable(here, [deny(`${work}/p/**`), open], all)).toEqual(["work/q"]);
  const asked = rule("requiresApproval", { path: `${work}/p/open/**` });
  expect(await readable(here, [asked, deny(`${work}/p/**`)], all)).toEqual(["work/q"]);
  const runs = rule("execute", { tool: "shell_run", path: `${work}/**` });
  expect(await readable(here, [runs, deny(`${work}/p/**`)], all)).toEqual(["work/q"]);
  const inside = rule("execute", { effect: "read", inWorkspace: true });
  expect(await readable(here, [inside, deny(`${work}/p/**`)], all)).toEqual(["work/q"]);
  const outOfHome = rule("execute", { path: `${work}/**` });
  await files(here, `${here.place.home}/h`);
  const everywhere = 'grep -rhs marmalade "$(dirname "$PWD")" || true';
  const ours = [`${dirname(work)}/**`, `${resolve(import.meta.dirname, "../../..")}/**`];
  expect(await readable(here, [outOfHome, deny(ours)], everywhere)).toHaveLength(4);
  const closing = { globs: ["/**"], openings: [], closedBy: () => ({ ...deny("/**"), layer: "config" as const }) };
  const places = await closedPlaces(closing, { folders: [], ripgrep: "rg" });
  expect(places).toMatchObject({ paths: expect.arrayContaining(["/tmp", "/home"]) });
  expect(places).not.toMatchObject({ paths: expect.arrayContaining(["/usr"]) });
});

sandboxTest("what rules close to writing a command reads and cannot change", async () => {
  const here = await world(ON);
  const work = here.place.workspace;
  await files(here, `${work}/gen/a`, `${work}/b.lock`, `${work}/c`);
  const rules = [deny([`${work}/gen/**`, "**/*.lock"], { effect: "write" })];
  const command =
    "echo evil >> gen/a; echo evil > gen/new; echo evil > b.lock; rm -f b.lock; mv gen aside; echo good > c; cat *.lock gen/a";
  expect(await readable(here, rules, command)).toEqual(["work/b.lock", "work/gen/a"]);
  expect(await readFile(`${work}/gen/a`, "utf8")).not.toContain("evil");
  expect([existsSync(`${work}/gen/new`), await readFile(`${work}/c`, "utf8")]).toEqual([false, "good\n"]);
});

sandboxTest("a link with another name that a command names is closed like the file", async () => {
  const here = await world(ON);
  await files(here, `${here.place.home}/private/x`);
  await link(`${here.place.home}/private/x`, here.path("hard"));
  const outcome = await here.call("shell_run", { command: "cat hard" }, { rules: [deny("~/private/**")] });
  expect(outcome.text).toMatch(/^ERROR: .* is another name of a file that a rule closes\./);
});

sandboxTest("rules that close more than can be hidden keep the command from running", async () => {
  const here = await world(ON);
  await files(here, ...Array.from({ length: 501 }, (_, index) => here.path("many", `${index}.key`)), here.path("x"));
  const outcome = await here.call("shell_run", { command: "touch ran; cat many/*" }, { rules: [deny("**/*.key")] });
  expect(outcome).toMatchObject({
    kind: "error",
    text: expect.stringMatching(/nothing was run: The rules close more than 500/),
  });
  expect(existsSync(join(here.place.workspace, "ran"))).toBe(false);
  expect(await readable(here, [deny(here.path("many/**"))], "cat man*/*; cat x")).toEqual(["work/x"]);
});
