import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { simpleCommand } from "../../../src/tools/shell/simple-command.ts";

test.each([
  ["git status --short", ["git", "status", "--short"]],
  ["  ls   -la  ", ["ls", "-la"]],
  [`echo "a b" 'c d' e"f"'g'`, ["echo", "a b", "c d", "efg"]],
  ["grep 'a;b|c' file", ["grep", "a;b|c", "file"]],
  ["git show HEAD~1", ["git", "show", "HEAD~1"]],
  ["printf '%s' ü", ["printf", "%s", "ü"]],
])("%s is simple", (line, argv) => {
  expect(simpleCommand(line)).toEqual(argv);
});

test.each([
  ...[
    "ls; rm x",
    "ls && rm x",
    "ls || rm x",
    "ls | sh",
    "ls & rm x",
    "ls\nrm x",
    "ls\rrm x",
    "(rm x)",
    "{ rm x; }",
    "! ls",
  ],
  ...[
    "ls > x",
    "ls < x",
    "ls >> x",
    "cat << x",
    "ls 2>&1",
    "echo $(rm x)",
    "echo `rm x`",
    "echo $HOME",
    'echo "$HOME"',
  ],
  ...[
    'echo "$(rm x)"',
    "cat <(ls)",
    "echo *",
    "echo ?",
    "echo [a]",
    "echo {a,b}",
    "echo ~",
    "cat ~/.ssh/id",
    "a=~/x ls",
  ],
  ...[
    "X=1 ls",
    "if true",
    "while x",
    "echo 'open",
    'echo "open',
    "echo a\\ b",
    "ls # rm",
    "echo $'a'",
    "",
    "   ",
    "''",
  ],
  ...["echo\u00a0x", "ls\tx", "echo \u0000", "echo \u2028rm", "time ls", "coproc ls", "function x", "echo !!", "a^b"],
])("%j is compound", (line) => {
  expect(simpleCommand(line)).toBeUndefined();
});

/** What a shell makes of the words, by a program that prints its own arguments. */
function wordsByShell(shell: string, line: string, folder: string): string[] | undefined {
  const print = `print() { printf '%s\\000' "$@"; }; print ${line}`;
  try {
    return execFileSync(shell, ["-c", print], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: { HOME: "/home/x" },
    })
      .split("\0")
      .slice(0, -1);
  } catch {
    return undefined;
  }
}

test.each(["/bin/sh", "/bin/bash"])("%s takes a line that is called simple for exactly these words", (shell) => {
  const folder = mkdtempSync(join(tmpdir(), "loopd-words-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["a", "b", "ab", "-"]) writeFileSync(join(folder, name), "");
  const characters = [...'ab  \'\'""""\\$`;|&<>()*?[]{}~#!=:%^@+,-./\n\tü\u00a0'];
  const piece = fc.oneof(
    fc.constantFrom(...characters),
    fc.constantFrom("''", '""', " #", "a#b", " ~", "=~", "'a b'", '"c;d"', "2", "\\\n"),
  );
  const line = fc.array(piece, { minLength: 1, maxLength: 10 }).map((parts) => `x ${parts.join("")}`);
  let simple = 0;
  fc.assert(
    fc.property(line, (text) => {
      const argv = simpleCommand(text);
      if (argv === undefined) return;
      simple += 1;
      expect(wordsByShell(shell, text, folder)).toEqual(argv);
    }),
    { numRuns: 6000 },
  );
  expect(simple).toBeGreaterThan(100);
});
