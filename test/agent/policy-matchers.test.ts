import { expect, test } from "vitest";
import { beginsWith, mayRun } from "../../src/agent/policy/command-test.ts";
import { hostTest, pathTest } from "../../src/agent/policy/globs.ts";
import { literalGlob } from "../../src/agent/policy/literal-glob.ts";
import { simpleCommand } from "../../src/tools/shell/simple-command.ts";

const argvOf = (line: string) => simpleCommand(line) ?? [];

test.each([
  ..."/bin/rm x|./rm x|RM x|sudo rm x|sudo -u root rm x|env rm x|nohup rm x|timeout 5 rm x|nice -n 5 rm x".split("|"),
  ..."bash -c 'rm x'|sh -c \"ls; rm x\"|eval rm x|exec rm x|busybox rm x|find . -exec rm x +|xargs rm".split("|"),
  ..."/usr/bin/env -i /bin/rm x|bash -c '(rm x)'".split("|"),
])("a rule that forbids `rm` is not got around by: %s", (line) => {
  expect(argvOf(line)).not.toEqual([]);
  expect(mayRun(argvOf(line), ["rm"])).toBe(true);
  expect(beginsWith(argvOf(line), ["rm"])).toBe(false);
});

test.each(["git -C . push", "git --no-pager push", "git -c a=b push --force", "sudo git -C x push"])(
  "options in front of the first word hide nothing: %s",
  (line) => {
    expect(mayRun(argvOf(line), ["git", "push"])).toBe(true);
    expect(beginsWith(argvOf(line), ["git", "push"])).toBe(false);
  },
);

test.each(["echo rm", "git log push", "rmdir x", "grep -r rm .", "ls /bin/rm", "git status"])(
  "what only names a forbidden word is not forbidden: %s",
  (line) => {
    expect(mayRun(argvOf(line), ["rm"])).toBe(false);
    expect(mayRun(argvOf(line), ["git", "push"])).toBe(false);
  },
);

test.each([
  ["~/private as it is", "/h/private", "/h/private/a/b"],
  ["a final slash", "/h/private/", "/h/private/a"],
  ["one star", "/h/private/*", "/h/private/a/b"],
  ["other case", "/h/private/**", "/h/Private/a"],
  ["decomposed letters", "/h/caf\u00e9/**", "/h/cafe\u0301/a"],
  ["a line break in the name", "/h/private/**", "/h/private/a\nb"],
])("a rule that forbids a folder speaks about all in it, however it is spelled: %s", (_, glob, path) => {
  expect(pathTest([glob], "deny")(path)).toBe(true);
  expect(pathTest([glob], "requiresApproval")(path)).toBe(true);
  expect(pathTest([glob], "deny")("/h/privateer/a")).toBe(false);
});

test("a rule that permits means no more than it says", () => {
  expect(pathTest(["/w/a"], "execute")("/w/a/b")).toBe(false);
  expect(pathTest(["/w/a/*"], "execute")("/w/a/b/c")).toBe(false);
  expect(pathTest(["/w/a/**"], "execute")("/w/A/b")).toBe(false);
  expect(hostTest(["a.example"], "execute")("a.example:8080")).toBe(false);
  expect(hostTest(["api.example.com"], "execute")("*.example.com")).toBe(false);
});

test("a rule that forbids a host forbids its ports, and wildcards under which it would be reached", () => {
  expect(hostTest(["evil.example"], "deny")("evil.example:8080")).toBe(true);
  expect(hostTest(["evil.example:443"], "deny")("evil.example")).toBe(true);
  expect(hostTest(["evil.example:443"], "deny")("evil.example:80")).toBe(false);
  expect(hostTest(["api.example.com"], "deny")("*.example.com")).toBe(true);
  expect(hostTest(["*.example.com"], "deny")("a.b.example.com")).toBe(true);
  expect(hostTest(["*.example.com"], "deny")("example.com.evil.org")).toBe(false);
  expect(hostTest(["other.org"], "deny")("*.example.com")).toBe(false);
});

/** Deterministic, so that a failure can be looked at. */
function* names(count: number): Generator<string> {
  const letters = [..."aB0*?[]{}()!+@|\\/.\"'^$ #,~-\n<>:`&%", "..", "\u00e9", "**"];
  let state = 42;
  const next = (below: number) => (state = (state * 1103515245 + 12345) % 2147483648) % below;
  for (let made = 0; made < count; made += 1) {
    yield Array.from({ length: 1 + next(12) }, () => letters[next(letters.length)] ?? "").join("");
  }
}

test("a grant for a file means that file alone, whatever a stranger has called it, and costs no time", () => {
  let last = "";
  for (const name of names(20_000)) {
    const path = `/w/${name}`;
    const test = pathTest([literalGlob(path)], "execute");
    expect([path, test(path), test(last)]).toEqual([path, true, path === last]);
    last = path;
  }
});
