import { mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { Circumstances } from "../../../src/agent/policy/circumstances.ts";
import { decide } from "../../../src/agent/policy/decide.ts";
import { standingRules } from "../../../src/agent/policy/standing-rules.ts";
import { type World, world } from "../world.ts";
import { sandboxTest } from "./sandbox-test.ts";

const ON = { sandbox: { mode: "auto" as const, domains: [] } };
const SHELL = "shell_run";
const around: Circumstances = {
  ...{ session: "s1", origin: "user", overrides: {}, taints: [], endpointTrust: "local", now: 0 },
};

async function decision(here: World, input: { command: string; outside?: boolean; domains?: string[] }) {
  const facts = await here.facts(SHELL, input);
  const call = { callId: "c", name: SHELL, arguments: input, effect: "exec" as const };
  return { facts, answer: decide(call, facts, around, standingRules([], here.place.home)).answer };
}

sandboxTest("in the sandbox nobody is asked; outside of it, or for a host, a person is", async () => {
  const here = await world(ON);
  const inside = await decision(here, { command: "make" });
  expect(inside).toMatchObject({ answer: "execute", facts: { isSandboxed: true, domains: [] } });
  const outside = await decision(here, { command: "make", outside: true });
  expect(outside).toMatchObject({ answer: "requiresApproval", facts: { isSandboxed: false } });
  expect(outside.facts.domains).toBeUndefined();
  const network = await decision(here, { command: "make", domains: ["Example.COM", "*.example.com:443"] });
  expect(network).toMatchObject({
    answer: "requiresApproval",
    facts: { isSandboxed: true, domains: ["*.example.com:443", "example.com"] },
  });
  const standing = await world({ sandbox: { mode: "auto", domains: ["*.example.com"] } });
  const granted = await decision(standing, { command: "make", domains: ["a.example.com:8080", "*.b.example.com"] });
  expect(granted).toMatchObject({ answer: "execute", facts: { domains: [] } });
  const more = await decision(standing, { command: "make", domains: ["example.com", "a.example.com.evil.org"] });
  expect(more).toMatchObject({ answer: "requiresApproval" });
  expect(more.facts.domains).toEqual(["a.example.com.evil.org", "example.com"]);
  const off = await decision(await world(), { command: "make" });
  expect(off).toMatchObject({ answer: "requiresApproval", facts: { isSandboxed: false } });
});

sandboxTest(
  "a command writes in the workspace and its own temporary folder, nowhere else, and is told why",
  async () => {
    const here = await world(ON);
    const outside = join(here.place.workspace, "../outside");
    await mkdir(outside);
    const { text, kind } = await here.call(SHELL, {
      command: `echo 1 > inside && echo 2 > $TMPDIR/private && echo $TMPDIR && touch ${outside}/x`,
    });
    expect(kind).toBe("ok");
    const [end, hint, temporary = "", refusal] = text.split("\n");
    expect(end).toBe("exit code 1");
    expect(hint).toMatch(/^\[the sandbox lets it write only the workspace and \$TMPDIR .* "outside": true\]$/);
    expect(refusal).toContain("Read-only file system");
    expect(await readFile(here.path("inside"), "utf8")).toBe("1\n");
    expect(existsSync(temporary)).toBe(false);
    expect(await readdir(outside)).toEqual([]);
    expect(await readdir(here.place.workspace)).toEqual(["inside"]);
  },
);

sandboxTest("it reads what it likes but for protected places, whichever way it goes there", async () => {
  const here = await world({ ...ON, protectedPaths: [".ssh", ".netrc", "gone"] });
  const secrets = join(here.place.home, ".ssh");
  await mkdir(secrets);
  for (const file of [join(secrets, "key"), join(here.place.home, ".netrc")]) await writeFile(file, "the-secret");
  await writeFile(join(here.place.home, "notes"), "the-notes");
  await symlink(secrets, here.path("link"));
  const home = here.place.home;
  const { text } = await here.call(SHELL, {
    command: `cat ${home}/notes; cat ${home}/.ssh/key ${home}/.netrc link/key /proc/self/root${home}/.ssh/key; cp -r ${home}/.ssh .; ls -R .ssh; grep -r the-secret ${home}`,
  });
  expect(text).toContain("the-notes");
  expect(text).not.toContain("the-secret");
});

sandboxTest("ways out stay closed: links, mounts, namespaces, other processes, sockets", async () => {
  const here = await world(ON);
  const victim = join(here.place.workspace, "../victim");
  await writeFile(victim, "untouched");
  await symlink(victim, here.path("link"));
  const attempts = [
    "echo gotcha > link",
    `ln ${victim} hard && echo gotcha > hard`,
    `mount -o remount,rw / ; echo gotcha > ${victim}`,
    `umount ${here.place.workspace}/..; echo gotcha > ${victim}`,
    `unshare -Urm sh -c 'mount -o remount,bind,rw / ; echo gotcha > ${victim}'`,
    `nsenter -t 1 -m sh -c 'echo gotcha > ${victim}'`,
    `echo gotcha > /proc/1/root${victim}`,
    `echo gotcha > /proc/$PPID/cwd/../victim`,
    `chroot / sh -c 'echo gotcha > ${victim}'`,
    `kill -9 ${process.pid}`,
  ];
  await here.call(SHELL, { command: attempts.map((one) => `( ${one} )`).join("\n") });
  expect(await readFile(victim, "utf8")).toBe("untouched");

  const path = join(here.place.workspace, "service");
  let connections = 0;
  const server = createServer(() => (connections += 1)).listen(path);
  onTestFinished(() => void server.close());
  const connect = `require("net").connect("${path}").on("connect",()=>console.log("in")).on("error",e=>console.log(e.code))`;
  const { text } = await here.call(SHELL, { command: `'${process.execPath}' -e '${connect}'` });
  expect(text).toContain("EPERM");
  expect(connections).toBe(0);
});

sandboxTest("what others would run later cannot be planted, and git goes on working", async () => {
  const here = await world(ON);
  await here.call(SHELL, { command: "git init -q . && git init -q sub/repo && mkdir -p app/.vscode" });
  await here.file("app/.vscode/settings.json", "{}");
  await here.file("deep/.bashrc", "# mine");
  await here.file(".gitignore", "sub");
  const before = await readFile(here.path(".git/config"), "utf8");
  const command = [
    "for hooks in .git/hooks sub/repo/.git/hooks; do echo evil > $hooks/pre-commit; done",
    "echo evil >> .git/config",
    "mv .git aside",
    "echo evil > app/.vscode/settings.json",
    "rm -rf .vscode; mkdir -p .vscode && echo evil > .vscode/tasks.json",
    "echo evil > .mcp.json",
    "echo evil >> deep/.bashrc",
    "echo good > file && git add -A && git -c user.name=a -c user.email=a@b commit -qm first && git ls-files",
  ].join("; ");
  const { text } = await here.call(SHELL, { command });
  expect(text).toContain("exit code 0\n");
  expect(text).toMatch(/\n\.gitignore\napp\/\.vscode\/settings\.json\ndeep\/\.bashrc\nfile\n/);
  const planted = [".git/hooks/pre-commit", "sub/repo/.git/hooks/pre-commit", ".vscode/tasks.json", ".mcp.json"];
  expect(planted.filter((path) => existsSync(here.path(path)))).toEqual([]);
  expect(await readFile(here.path(".git/config"), "utf8")).toBe(before);
  expect(await readFile(here.path("app/.vscode/settings.json"), "utf8")).toBe("{}");
  expect((await readdir(here.place.workspace)).sort()).toEqual([".git", ".gitignore", "app", "deep", "file", "sub"]);
});

sandboxTest("a workspace that holds the person's home cannot be written", async () => {
  const here = await world(ON);
  here.place.home = here.path("person");
  await mkdir(here.place.home);
  const { text } = await here.call(SHELL, { command: "touch .profile person/.zshenv" });
  expect(text).toContain("since the workspace holds the home folder");
  expect(await readdir(here.place.workspace)).toEqual(["person"]);
  expect(await readdir(here.place.home)).toEqual([]);
});

sandboxTest("a command decided as sandboxed never runs without it", async () => {
  const settings: { mode: "auto" | "off"; domains: string[] } = { mode: "auto", domains: [] };
  const here = await world({ sandbox: settings });
  const meanwhile = async () => (settings.mode = "off");
  const outcome = await here.call(SHELL, { command: "touch ran" }, { meanwhile });
  expect(outcome.text).toContain("has changed since it was decided; call it again");
  settings.mode = "auto";
  here.place.sandbox.wrap = () => Promise.resolve({ why: "bubblewrap is gone" });
  const refused = await here.call(SHELL, { command: "touch ran" });
  expect(refused).toMatchObject({ kind: "error" });
  expect(refused.text).toMatch(/^ERROR: The sandbox could not be set up, so nothing was run: bubblewrap is gone\n/);
  expect(await readdir(here.place.workspace)).toEqual([]);
});
